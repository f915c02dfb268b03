import { StagecraftError } from "../../core/errors.js";

/** One name in the forms its places ask for. */
export interface Names {
  /** `credit-check`: ids of workflows and file names. */
  readonly kebab: string;
  /** `creditCheck`: agents, rule sets, stages. */
  readonly camel: string;
  /** `Credit check`: for people. */
  readonly title: string;
}

/** From `credit-check`, `creditCheck` or `credit check`. @throws StagecraftError `invalid-argument` */
export function namesOf(written: string): Names {
  const words = written
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const [first = ""] = words;
  if (!/^[a-z]/.test(first) || !words.every((word) => /^[a-z0-9]+$/.test(word))) {
    throw new StagecraftError("invalid-argument", `${JSON.stringify(written)} is no name`, {
      help: "letters and digits, a letter first: credit-check",
    });
  }
  const title = words.join(" ");
  return {
    kebab: words.join("-"),
    camel: words.map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1))).join(""),
    title: title[0]?.toUpperCase() + title.slice(1),
  };
}
