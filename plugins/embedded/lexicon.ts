import { stem } from "./words.js";

const group = (text: string) => text.split(" ").map(stem);

/** Words people use for one and the same label. */
const LABELS: readonly (readonly string[])[] = [
  group("vendor supplier seller merchant payee biller contractor"),
  group("customer client buyer purchaser"),
  group("amount total sum price cost value payable"),
  group("invoice bill"),
  group("number no nr id reference ref num"),
  group("due deadline payable by before until"),
  group("requester requested applicant submitter requestor author employee"),
  group("quantity qty units pieces count"),
  group("tax vat gst"),
  group("phone tel telephone mobile"),
  group("start begin from commencing starting"),
  group("end until through ending to"),
  group("product item article model"),
  group("department team division"),
  group("purpose reason justification"),
  group("employee staff person"),
  group("address street"),
  group("order purchase po"),
];

/** Words that say little about which value is meant. */
export const GENERIC = new Set(
  group("date number amount id value name email code total reference time address field data"),
);

/** The word itself first, then what it is also called. */
export function labelsOf(word: string): readonly string[] {
  return [
    word,
    ...LABELS.filter((labels) => labels.includes(word))
      .flat()
      .filter((label) => label !== word),
  ];
}

/** Phrases that usually go with a value of an enum or a boolean's name, where the schema says nothing better. */
const TOPICS: Readonly<Record<string, string>> = {
  bug: "error|crash|crashes|broken|fails|exception|stack trace|not working|does not work|glitch|freezes|blank page",
  incident: "outage|down|unavailable|unreachable|production|error",
  billing: "invoice|charge|charged|payment|refund|credit card|subscription|overcharged|billed|receipt|price",
  account: "login|log in|sign in|password|username|locked|profile|two factor|reset",
  access: "permission|login|log in|password|locked|unauthorized|credentials|vpn",
  feature: "feature|would be great|would like|suggestion|wish|add support|could you add|improve|enhancement",
  question: "how do i|how can i|what is|where can i|is it possible|wondering|documentation",
  complaint: "disappointed|unacceptable|terrible|angry|complaint|worst|frustrated",
  shipping: "delivery|deliver|package|parcel|tracking|shipment|courier|arrived|shipped",
  security: "breach|phishing|malware|vulnerability|hacked|suspicious|attack|leaked",
  hardware: "laptop|monitor|keyboard|printer|server|device|screen|phone|equipment",
  software: "license|licence|software|application|saas|subscription|tool",
  travel: "flight|hotel|trip|travel|conference|train|airport|accommodation",
  training: "course|training|certification|workshop|seminar",
  marketing: "campaign|advertising|brand|marketing|event|sponsorship",
  legal: "contract|lawsuit|legal|agreement|liability|gdpr|clause",
  hr: "leave|vacation|payroll|salary|hiring|onboarding|holiday|parental",
  facilities: "office|furniture|building|cleaning|desk|air conditioning|heating",
  refund: "refund|money back|reimburse|reimbursement",
  return: "return|send it back|exchange",
  cancel: "cancel|cancellation|terminate|unsubscribe",
  urgent: "urgent|asap|immediately|emergency|right away|as soon as possible|critical|today",
  escalate: "manager|escalate|unclear|exception|exceeds|over budget|conflict|lawyer",
  reject: "prohibited|violation|sanctioned|fraud|denied|not allowed|forbidden|duplicate|expired",
  positive: "great|thank|thanks|excellent|happy|love|perfect|good|helpful|delighted",
  negative: "bad|terrible|angry|disappointed|broken|unacceptable|worst|frustrated|slow|poor|hate",
  personal: "name|email|phone|address|birth|passport",
  duplicate: "duplicate|twice|double|again",
};

/** Phrases known for a word, or none. */
export function topicPhrases(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => TOPIC_BY_STEM.get(word)?.split("|") ?? []);
}

const TOPIC_BY_STEM = new Map(Object.entries(TOPICS).map(([word, phrases]) => [stem(word), phrases]));

/** Words that speak for and against the thing a score or a level measures. */
export interface Evidence {
  readonly for: readonly string[];
  readonly against: readonly string[];
}

const RISK: Evidence = {
  for: "urgent|overdue|missing|unknown|unverified|offshore|cash|sanction|sanctioned|mismatch|breach|lawsuit|conflict of interest|fraud|fraudulent|exception|override|penalty|dispute|disputed|anonymous|failed|outage|suspicious|new vendor|first time|no contract|no quote|single source|sole source|bribe|gift|politically exposed|high risk|shell company|unusual|late|expired|violation|complaint|critical|data loss|security|prepayment|advance payment|related party|down|crash|cannot|blocked|immediately|asap|emergency|all users|production|unpaid|leak|leaked|injury".split(
    "|",
  ),
  against:
    "approved|verified|existing contract|framework agreement|complete|compliant|standard|routine|insured|audited|preferred vendor|known vendor|low risk|in budget|within budget|budgeted|replacement|renewal|certified|on time|minor|cosmetic|typo|no rush|whenever|nice to have|low priority|no hurry|tested".split(
      "|",
    ),
};
const SENTIMENT: Evidence = {
  for: (TOPICS["positive"] as string).split("|"),
  against: (TOPICS["negative"] as string).split("|"),
};
const QUALITY: Evidence = {
  for: "complete|verified|clear|detailed|documented|correct|valid|tested|accurate|signed|attached".split("|"),
  against:
    "missing|incomplete|unclear|unknown|invalid|error|wrong|inconsistent|duplicate|illegible|blank|empty|draft".split(
      "|",
    ),
};

const CONCEPTS: readonly [RegExp, Evidence][] = [
  [/sentiment|satisf|mood|tone|happ/, SENTIMENT],
  [/qualit|complet|trust|readiness|feasib/, QUALITY],
  [/risk|sever|urgen|priorit|critical|threat|fraud|danger|impact|concern|exposur|suspic/, RISK],
];

/** What counts as evidence for a field of this name, or undefined when it measures nothing we know. */
export function evidenceFor(name: string): Evidence | undefined {
  return CONCEPTS.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
}
