/**
 * Types of `<mq-playground>` and of protocol 1, the messages that it passes on. The script exports nothing; what is exported
 * here are types.
 *
 * docs/embedding/README.md says what all this means.
 */

/** Simulated time in microseconds, from the beginning of the run: an integer. */
export type Microseconds = number;

/** The attributes of the element. In HTML all of them are text. */
export interface MqPlaygroundAttributes {
  /** The address of the playground; without it, the folder above the one that the script comes from. */
  src?: string;
  /** A lesson by its id. */
  lesson?: string;
  /** The step of the lesson: its number from 1 on, or its id. */
  step?: string | number;
  /** A scenario of the site by its name. */
  scenario?: string;
  /** A run as a link: a whole address, its end from `#s=` on, or the characters behind that. */
  link?: string;
  /** The language. Without it, the one of the page around the element if the playground speaks it. */
  lang?: string;
  theme?: 'system' | 'light' | 'dark';
  ui?: 'full' | 'player' | 'bare';
  edit?: 'all' | 'settings' | 'none';
  /** Whether it runs from the beginning; in HTML the name alone says yes. */
  run?: '' | '0' | '1' | 0 | 1;
  speed?: string | number;
  /** The instant at which it is opened, in seconds. */
  t?: string | number;
  seed?: string | number;
  motion?: '0' | '1' | 0 | 1;
  /** The address of a picture that is there before the playground is. */
  poster?: string;
  /** When the frame is made: near the part that is seen (`lazy`), after a click, or at once. `click` if there is a poster, else `lazy`. */
  loading?: 'lazy' | 'click' | 'eager';
  /** A number of pixels, or a length of CSS. Without it the playground may say what height it wants. */
  height?: string | number;
  /** What the frame is called for those who do not see it. */
  title?: string;
}

/** Something to be done, as in the app: editing and faults. */
export type MqCommand =
  | { type: 'crash'; node: string }
  | { type: 'restart'; node: string }
  | { type: 'set'; node: string; path: string; value: unknown }
  | { type: 'remove'; ids: string[] }
  | { type: string; [field: string]: unknown };

/** What can be loaded: a scenario as in a file, a lesson, or a run as a link. */
export type MqLoadFields =
  | { scenario: object }
  | { lesson: string; step?: string | number | null }
  | { link: string };

export type MqExportFormat = 'scenario' | 'link' | 'svg' | 'png' | 'csv' | 'rabbitmq';

/** What each type of message takes. */
export interface MqRequestFields {
  load: MqLoadFields;
  play: { until_us?: Microseconds };
  pause: {};
  reset: {};
  step: { events?: number };
  seek: { time_us: Microseconds };
  setSpeed: { speed: number };
  command: { command: MqCommand };
  getState: {};
  export: { format: MqExportFormat };
}

/** What every message has. */
export interface MqMessageBase<Type extends string> {
  mq: 1;
  type: Type;
  /** That of the message which this one answers. */
  id?: string;
}

/** It can be spoken to. */
export interface MqReadyMessage extends MqMessageBase<'ready'> {
  version: string;
  protocol: 1;
}

/** It was carried out. */
export interface MqOkMessage extends MqMessageBase<'ok'> {
  /** The id of what a command has made. */
  made?: string;
}

/** Where all copies of messages are: `made` is the sum of all the others. */
export interface MqLedger {
  made: number;
  acked: number;
  ready: number;
  unacked: number;
  in_transit: number;
  /** By reason; a reason that never occurred is not there. */
  dropped: Record<string, number>;
}

/** The figures of a node: which there are depends on its kind, and `mqp run --json` prints the same. */
export interface MqNodeState {
  kind: 'producer' | 'exchange' | 'queue' | 'consumer' | 'client' | 'service' | 'database';
  up: boolean;
  [figure: string]: unknown;
}

export interface MqStateMessage extends MqMessageBase<'state'> {
  time_us: Microseconds;
  playing: boolean;
  speed: number;
  seed: number;
  trace_hash: string;
  ledger: MqLedger;
  nodes: Record<string, MqNodeState>;
  [more: string]: unknown;
}

export interface MqExportedMessage extends MqMessageBase<'exported'> {
  format: MqExportFormat;
  data: unknown;
}

/** At most four times a second. */
export interface MqChangedMessage extends MqMessageBase<'changed'> {
  what: 'scenario' | 'run' | 'time';
}

/** A goal of a lesson has been reached. */
export interface MqGoalMessage extends MqMessageBase<'goal'> {
  lesson: string;
  step: string;
  passed: boolean;
}

/** A lesson is over. */
export interface MqCompletedMessage extends MqMessageBase<'completed'> {
  lesson: string;
  score: number;
}

/** The height that the playground wants, in pixels. */
export interface MqResizeMessage extends MqMessageBase<'resize'> {
  height: number;
}

/** From the playground, or, without `mq`, from the element itself. */
export interface MqErrorMessage {
  mq?: 1;
  type: 'error';
  id?: string;
  code: string;
  message: string;
}

/** What a call is answered with; an `error` becomes an {@link MqPlaygroundError}. */
export type MqReply = MqOkMessage | MqStateMessage | MqExportedMessage;

/** Why a call was not carried out. */
export interface MqPlaygroundError extends Error {
  /**
   * From the playground: `unknown_type`, `bad_value`, `rejected`, `interrupted`, `unknown_lesson`, `not_fetched`, `nothing_to_export`, …;
   * from the element: `removed`, `reloaded`, `no_address`, `bad_address`, `wrong_origin`.
   */
  code: string;
}

export interface MqPlaygroundEventMap {
  ready: CustomEvent<MqReadyMessage>;
  changed: CustomEvent<MqChangedMessage>;
  goal: CustomEvent<MqGoalMessage>;
  completed: CustomEvent<MqCompletedMessage>;
  error: CustomEvent<MqErrorMessage>;
  state: CustomEvent<MqStateMessage>;
  resize: CustomEvent<MqResizeMessage>;
}

type EventMap = Omit<HTMLElementEventMap, keyof MqPlaygroundEventMap> & MqPlaygroundEventMap;

/**
 * The element. Every call waits until the playground is ready, and loads it if that has not begun. Its promise is fulfilled with
 * the reply, or rejected with an {@link MqPlaygroundError}.
 */
export interface MqPlaygroundElement extends HTMLElement {
  /** Runs; with a time it stops exactly there. */
  play(until_us?: Microseconds): Promise<MqOkMessage>;
  pause(): Promise<MqOkMessage>;
  reset(): Promise<MqOkMessage>;
  /** Fulfilled when it is there. */
  seek(time_us: Microseconds): Promise<MqOkMessage>;
  load(fields: MqLoadFields): Promise<MqOkMessage>;
  command(command: MqCommand): Promise<MqOkMessage>;
  getState(): Promise<MqStateMessage>;
  export(format: MqExportFormat): Promise<MqExportedMessage>;
  send(type: 'getState', fields?: MqRequestFields['getState']): Promise<MqStateMessage>;
  send(type: 'export', fields: MqRequestFields['export']): Promise<MqExportedMessage>;
  send<Type extends keyof MqRequestFields>(
    type: Type,
    ...fields: {} extends MqRequestFields[Type] ? [fields?: MqRequestFields[Type]] : [fields: MqRequestFields[Type]]
  ): Promise<MqReply>;

  addEventListener<Type extends keyof EventMap>(
    type: Type,
    listener: (this: MqPlaygroundElement, event: EventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof EventMap>(
    type: Type,
    listener: (this: MqPlaygroundElement, event: EventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'mq-playground': MqPlaygroundElement;
  }
}
