/** A list read page by page with the server's cursor. What is asked later wins over what answers later. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
}

export type ReadPage<Row> = (cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>;

export interface CursorList<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly loading: boolean;
  readonly loaded: boolean; // something was answered, so that "nothing there" may be said
  readonly error: unknown;
}

export const EMPTY_LIST: CursorList<never> = { rows: [], next: null, loading: false, loaded: false, error: null };

/** Reads into `show`; a new `read` aborts the one under way, and its answer is never shown. */
export class CursorReader<Row> {
  private under_way: AbortController | null = null;
  private state: CursorList<Row> = EMPTY_LIST;

  constructor(private readonly show: (state: CursorList<Row>) => void) {}

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

  private async ask(page: ReadPage<Row>, cursor: string | null): Promise<void> {
    this.under_way?.abort();
    const mine = new AbortController();
    this.under_way = mine;
    this.put({ ...this.state, loading: true });
    try {
      const answer = await page(cursor, mine.signal);
      if (mine.signal.aborted) return;
      const rows = cursor === null ? answer.items : [...this.state.rows, ...answer.items];
      this.put({ rows, next: answer.next, loading: false, loaded: true, error: null });
    } catch (error) {
      if (!mine.signal.aborted) this.put({ ...this.state, loading: false, loaded: true, error });
    }
  }

  private put(state: CursorList<Row>): void {
    this.state = state;
    this.show(state);
  }
}
