/**
 * Shapes of the evaluation files and of predictions for them;
 * `src/intent/data/evaluation/README.md`.
 */

export const TASKS = [
  'datetime', 'currency', 'deal', 'acts', 'smcalflow', 'sgd', 'xsid', 'questions', 'chat',
] as const;
export type Task = (typeof TASKS)[number];

/** Tasks whose gold are spans and values of single texts; the value pass answers them. */
export type ValueTask = 'datetime' | 'currency' | 'sgd' | 'xsid';

/** Which files of a folder hold the gold of a task. */
export const TASK_FILES: Readonly<Record<Task, RegExp>> = {
  datetime: /^datetime.*\.jsonl$/, currency: /^currency.*\.jsonl$/, deal: /^negotiation.*\.jsonl$/,
  acts: /^acts.*\.jsonl$/, smcalflow: /^meeting_smcalflow.*\.jsonl$/, sgd: /^meeting_sgd.*\.jsonl$/,
  xsid: /^spans_xsid.*\.jsonl$/, questions: /^questions.*\.jsonl$/, chat: /^chat.*\.jsonl$/,
};

export interface TextCase {
  readonly id: string;
  readonly lang: 'en' | 'es' | 'tr';
  readonly text: string;
  /** Wall clock, no zone. */
  readonly ref?: string;
}

export interface GoldSpan {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface DatetimeCase extends TextCase {
  readonly source: string;
  readonly complete?: boolean;
  readonly expected: readonly (GoldSpan & {
    readonly kind: string;
    readonly values: readonly { readonly start: string }[];
  })[];
}

export interface CurrencyCase extends TextCase {
  readonly source: string;
  readonly complete?: boolean;
  readonly expected: readonly (GoldSpan & {
    readonly amount: number;
    readonly currency: string | null;
    readonly symbol_class: string | null;
    readonly market: boolean;
  })[];
}

export interface SgdCase extends TextCase {
  readonly slots: readonly (GoldSpan & {
    readonly kind: 'date' | 'time' | 'location';
    readonly value: string | null;
  })[];
}

export interface XsidCase extends TextCase {
  readonly spans: readonly (GoldSpan & { readonly label: string })[];
}

export interface CalendarGold extends TextCase {
  readonly dialogue: string;
  readonly ref: string;
  readonly proposes_event: boolean;
  readonly locations: readonly GoldSpan[];
  readonly datetime_value: string | null;
}

export interface NegotiationGold {
  readonly id: string;
  readonly category: string;
  readonly listing_price: number;
  readonly currency: string;
  readonly turns: readonly {
    readonly speaker: 'buyer' | 'seller';
    readonly act: 'message' | 'offer' | 'accept' | 'reject' | 'quit';
    readonly text?: string;
    readonly price?: number;
  }[];
  readonly outcome: {
    readonly agreed: boolean;
    readonly price: number | null;
    readonly price_in_text: boolean | null;
  };
}

/** What a value task is answered with. */
export interface PredictedSpan {
  readonly start: number;
  readonly end: number;
  readonly kind?: 'datetime' | 'location';
  /** `YYYY-MM-DD` */
  readonly date?: string | null;
  /** `HH:MM` */
  readonly time?: string | null;
  readonly amount?: number;
  readonly currency?: string | null;
}

export interface SpanPrediction {
  readonly id: string;
  readonly spans: readonly PredictedSpan[];
}

export interface DealPrediction {
  readonly id: string;
  readonly price: number | null;
}

export interface ActsPrediction {
  readonly id: string;
  readonly turns: Readonly<Record<number, readonly { readonly act: string; readonly amount?: number }[]>>;
}

export interface CalendarPrediction {
  readonly id: string;
  readonly proposes_event: boolean;
  readonly locations: readonly string[];
  /** `YYYY-MM-DDTHH:MM` */
  readonly datetime: string | null;
}

export interface LabelPrediction {
  readonly id: string;
  readonly labels: readonly string[];
}
