// Latest asks while someone types: it waits for a pause, cancels the older question when there is a newer one, and
// lets only the newest answer through, in whatever order answers arrive.

export interface Clock {
  /** Calls back once after some milliseconds; the returned function prevents it. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const realClock: Clock = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

export interface Asking<Question, Answer> {
  /** How long to wait for a newer question before asking, in milliseconds. */
  delay: number;
  clock: Clock;
  /** Asks; the signal is aborted when the answer is no longer wanted. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** Called for the newest question only, as is failed. */
  answered(answer: Answer, question: Question): void;
  failed(error: unknown, question: Question): void;
}

export class Latest<Question, Answer> {
  private readonly asking: Asking<Question, Answer>;
  private cancelWait: (() => void) | undefined;
  private running: AbortController | undefined;

  constructor(asking: Asking<Question, Answer>) {
    this.asking = asking;
  }

  /** Asks after the delay, unless a newer question or stop comes first. The older question is cancelled at once. */
  put(question: Question): void {
    this.stop();
    this.cancelWait = this.asking.clock.after(this.asking.delay, () => {
      this.cancelWait = undefined;
      void this.run(question);
    });
  }

  /** Cancels what waits or runs; its answer is dropped. */
  stop(): void {
    this.cancelWait?.();
    this.cancelWait = undefined;
    this.running?.abort();
    this.running = undefined;
  }

  private async run(question: Question): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    let answer: Answer;
    try {
      answer = await this.asking.ask(question, controller.signal);
    } catch (error) {
      if (this.running === controller) {
        this.running = undefined;
        this.asking.failed(error, question);
      }
      return;
    }
    if (this.running === controller) {
      this.running = undefined;
      this.asking.answered(answer, question);
    }
  }
}
