/** The playback screen's state apart from its picture: cameras chosen, their sessions, rows of the timeline, the clock. */
import { computed, onUnmounted, ref, shallowRef, watch } from "vue";

import { RecordingSession } from "../api/media";
import type { Stream } from "../api/types";
import { kindWords } from "../components/kind_words";
import { toast, toastDone } from "../components/problem_words";
import { t } from "../i18n";
import type { PlaybackFollower } from "../player/playback";
import { MAX_PLAYERS, SyncGroup, type SyncStatus } from "../player/sync";
import { cameraById, isAnswered } from "../state/cameras";
import { fullTime, nextFootage, reveal, spanAt, type TimelineRow, type TimeSpan, type View } from "../timeline/model";

const TICK_MS = 40;
const ROWS_REFRESH_MS = 5_000;
const SEARCH_BACK_MS = 92 * 86_400_000;

/** Call it in a component's setup: it cleans up with the component. */
export function usePlayback(firstCameras: readonly string[], start_ms: number) {
  const chosen = ref<string[]>(firstCameras.slice(0, MAX_PLAYERS));
  const leader = ref<string | null>(chosen.value[0] ?? null);
  const sessions = new Map<string, RecordingSession>();
  const followers = new Map<string, PlaybackFollower>();
  const rows = shallowRef<readonly TimelineRow[]>([]);
  const view = shallowRef<View>({ from_ms: start_ms - 30 * 60_000, to_ms: start_ms + 30 * 60_000 });
  const clock = shallowRef<SyncStatus>({ wall_ms: start_ms, rate: 1, playing: false, holding: false });
  const beat = ref(0);
  const notice = ref("");
  let noticeTimer: ReturnType<typeof setTimeout> | null = null;
  let rowsAsked = 0;
  let rowsTimer: ReturnType<typeof setTimeout> | null = null;

  const group = new SyncGroup(start_ms, {
    nextRecorded: (wall_ms, direction) => nextFootage(rows.value, wall_ms, direction),
    onStatus: (status) => {
      clock.value = status;
      if (status.playing) view.value = reveal(view.value, status.wall_ms);
    },
    onSkip: (skip) => {
      const row = rows.value.find((one) => one.id === leader.value) ?? rows.value[0];
      const span = row && spanAt(row, skip.from_ms);
      const why = span && span.kind !== "recorded" ? kindWords(span) : t("playback.no_picture");
      tell(t("playback.skipped", { why, time: lengthWords(Math.abs(skip.to_ms - skip.from_ms)) }));
    },
    onEnd: (direction) => void goOn(direction, true),
  });

  const ticker = setInterval(() => {
    group.tick();
    beat.value++;
  }, TICK_MS);
  const refresher = setInterval(() => void loadRows(), ROWS_REFRESH_MS);
  onUnmounted(() => {
    clearInterval(ticker);
    clearInterval(refresher);
  });

  function tell(text: string): void {
    notice.value = text;
    if (noticeTimer) clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => (notice.value = ""), 3_000);
  }

  const known = computed(() => chosen.value.every(isAnswered));

  function streamsOf(camera: string): Stream[] {
    return cameraById.value.get(camera)?.streams.map((one) => one.name) ?? ["main"];
  }

  /** One camera is shown at full quality, several by their small streams. */
  function streamOf(camera: string): Stream {
    return chosen.value.length > 1 && streamsOf(camera).includes("sub") ? "sub" : "main";
  }

  function sessionOf(camera: string): RecordingSession {
    const known = sessions.get(camera);
    if (known) return known;
    const made = new RecordingSession(camera, streamsOf(camera));
    sessions.set(camera, made);
    return made;
  }

  function toggle(camera: string): void {
    if (chosen.value.includes(camera)) chosen.value = chosen.value.filter((one) => one !== camera);
    else if (chosen.value.length >= MAX_PLAYERS) tell(t("playback.too_many"));
    else chosen.value = [...chosen.value, camera];
  }

  async function spansOf(camera: string, from_ms: number, to_ms: number, max: number): Promise<TimelineRow> {
    const spans = await sessionOf(camera).timeline(streamOf(camera), from_ms, to_ms, max);
    return { id: camera, label: cameraById.value.get(camera)?.name ?? camera, spans };
  }

  /** Spans for what is in sight and half as much on either side. */
  async function loadRows(): Promise<void> {
    if (!known.value) return; // which streams a ticket must name is not known yet
    const mine = ++rowsAsked;
    const size = view.value.to_ms - view.value.from_ms;
    const from_ms = Math.floor(view.value.from_ms - size / 2);
    const to_ms = Math.ceil(view.value.to_ms + size / 2);
    const found = await Promise.all(
      chosen.value.map((camera) =>
        spansOf(camera, from_ms, to_ms, 2_000).catch((error: unknown) => {
          console.warn("no timeline:", error);
          return { id: camera, label: cameraById.value.get(camera)?.name ?? camera, spans: [] as TimeSpan[] };
        }),
      ),
    );
    if (mine === rowsAsked) rows.value = found;
  }

  function loadRowsSoon(): void {
    if (rowsTimer) clearTimeout(rowsTimer);
    rowsTimer = setTimeout(() => void loadRows(), 120);
  }

  watch(chosen, (now) => {
    for (const camera of sessions.keys()) if (!now.includes(camera)) sessions.delete(camera);
    if (leader.value === null || !now.includes(leader.value)) leader.value = now[0] ?? null;
    void loadRows();
  });
  watch(view, loadRowsSoon);
  watch(known, () => void loadRows());

  function open(camera: string, follower: PlaybackFollower): void {
    followers.set(camera, follower);
    group.add(follower);
  }

  function shut(camera: string, follower: PlaybackFollower): void {
    if (followers.get(camera) === follower) followers.delete(camera);
    group.remove(follower);
  }

  function seek(at_ms: number): void {
    group.seek(Math.min(at_ms, Date.now()));
    view.value = reveal(view.value, at_ms);
  }

  /** Go to the next (or the previous) footage, however far away; play on when asked. */
  async function goOn(direction: 1 | -1, play = false): Promise<void> {
    const wall_ms = clock.value.wall_ms;
    const from_ms = direction === 1 ? wall_ms : wall_ms - SEARCH_BACK_MS;
    const to_ms = direction === 1 ? Date.now() : wall_ms;
    try {
      const wide = to_ms - from_ms < 1_000 ? [] : await Promise.all(chosen.value.map((one) => spansOf(one, from_ms, to_ms, 5_000)));
      const next_ms = nextFootage(wide, wall_ms, direction);
      if (next_ms === null || next_ms === wall_ms) {
        tell(t("playback.end"));
        return;
      }
      seek(direction === 1 ? next_ms : Math.max(0, next_ms - (play ? 0 : 5_000)));
      if (play) group.play();
    } catch (error) {
      toast(error);
    }
  }

  /** The newest footage there is, a few seconds before its end. */
  function toNewest(): void {
    seek(Date.now() - 15_000);
    group.setRate(1);
    group.play();
  }

  async function daysOf(month: string): Promise<readonly string[]> {
    const found = await Promise.all(chosen.value.map((camera) => sessionOf(camera).days(streamOf(camera), month).catch(() => [])));
    return [...new Set(found.flat())];
  }

  function thumb(row: TimelineRow, at_ms: number): string | undefined {
    return sessions.get(row.id)?.thumbUrl(streamOf(row.id), at_ms);
  }

  function say(text: string): void {
    toastDone(text);
  }

  void loadRows();
  return {
    chosen, leader, rows, view, clock, beat, notice, group, followers,
    streamOf, sessionOf, toggle, open, shut, seek, goOn, toNewest, daysOf, thumb, tell, say, loadRows,
    time: computed(() => fullTime(clock.value.wall_ms)),
  };
}

/** A length of time in words of its larger parts: "2 h 5 min". */
export function lengthWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours > 0) return t("length.hours", { h: hours, m: minutes });
  if (minutes > 0) return t("length.minutes", { m: minutes, s: seconds % 60 });
  return t("length.seconds", { s: seconds });
}
