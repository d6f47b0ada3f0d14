/** A list read page by page with the server's cursor. What is asked later wins over what answers later. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
  readonly searched_to?: string | null; // looked through back to this time only, before the page was full
}

export type ReadPage<Row> = (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>;

export interface CursorList<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly loading: boolean;
  readonly loaded: boolean; // something was answered, so that "nothing there" may be said
  readonly error: unknown;
  readonly searched_to: string | null; // how far a search has come that is not at its end
}

export const EMPTY_LIST: CursorList<never> = { rows: [], next: null, loading: false, loaded: false, error: null, searched_to: null };

/**
 * Reads into `show`; a new `read` aborts the one under way, and its answer is never shown. Where the server looks through
 * its rows part by part, it is asked on until there are `enough` more rows; each part is shown as it comes.
 */
export class CursorReader<Row> {
  private under_way: AbortController | null = null;
  private state: CursorList<Row> = EMPTY_LIST;

  constructor(private readonly show: (state: CursorList<Row>) => void, private readonly enough = 50) {}

  /** From the beginning. The old rows stay until the new ones are there. */
  async read(page: ReadPage<Row>): Promise<void> {
    await this.ask(page, null);
  }

  /** The following page, once at a time; nothing when there is none. */
  async more(page: ReadPage<Row>): Promise<void> {
    if (this.state.next === null || this.state.loading) return;
    await this.ask(page, this.state.next);
  }

  stop(): void {
    this.under_way?.abort();
  }

  /** Leave a search where it has come to; `more` goes on. */
  pause(): void {
    this.stop();
    this.put({ ...this.state, loading: false });
  }

  private async ask(page: ReadPage<Row>, cursor: string | null): Promise<void> {
    this.under_way?.abort();
    const mine = new AbortController();
    this.under_way = mine;
    this.put({ ...this.state, loading: true, searched_to: cursor === null ? null : this.state.searched_to });
    let [rows, at]: [readonly Row[], string | null] = [cursor === null ? [] : this.state.rows, cursor];
    const full = rows.length + this.enough;
    try {
      do {
        const answer = await page(at, mine.signal);
        if (mine.signal.aborted) return;
        [rows, at] = [[...rows, ...answer.items], answer.next];
        const searched_to = answer.searched_to ?? null;
        this.put({ rows, next: at, loading: searched_to !== null && rows.length < full, loaded: true, error: null, searched_to });
      } while (this.state.loading);
    } catch (error) {
      if (!mine.signal.aborted) this.put({ ...this.state, loading: false, loaded: true, error });
    }
  }

  private put(state: CursorList<Row>): void {
    this.state = state;
    this.show(state);
  }
}
