import type { Row } from "./row.js";

export const SOURCE: readonly Row[] = [
  [
    "yaml-syntax",
    "The file is not valid YAML.",
    "Look at the place and the line before it: indentation, quotes, brackets.",
  ],
  [
    "yaml-quote",
    "YAML takes part of an expression, or of a text, for its own signs, and would lose it.",
    "Put the whole value in quotes.",
  ],
  ["yaml-tabs", "A tab stands where YAML counts spaces.", "Indent with spaces."],
  ["yaml-tag", "A YAML tag such as `!!binary` is used; the language has none.", "Remove the tag."],
  [
    "yaml-alias",
    "An alias has no anchor before it, or stands for something it is part of.",
    "Put the anchor first, for instance under `x-shared`.",
  ],
  ["yaml-documents", "The file holds several YAML documents.", "One definition a file."],
  ["too-large", "The file is larger than 10 MB.", "Move data into files that stages read."],
  ["too-deep", "Values are nested deeper than any definition needs.", "Flatten the data, or read it from a file."],
  [
    "alias-bomb",
    "Aliases of aliases would grow the file beyond all bounds.",
    "Write the values out, or read them from a file.",
  ],
  ["empty-definition", "The file says nothing.", "Begin with apiVersion, id, version and stages."],
  [
    "not-a-mapping",
    "The file is a list or a text rather than keys with values.",
    "Begin with `apiVersion: stagecraft/v1`.",
  ],
  ["duplicate-key", "A mapping has one key twice; one of the two would be lost.", "Remove or rename one."],
  ["key-not-text", "A key is empty, a list or a mapping.", "Give it a name."],
  ["forbidden-key", "`__proto__` is used as a key.", "Choose another name."],
];

export const SHAPE: readonly Row[] = [
  [
    "unknown-key",
    "A key is not part of the language at this place.",
    "See what the help suggests: a spelling, or our word for it.",
  ],
  ["missing-key", "A required key is not there.", "Add it."],
  [
    "wrong-type",
    "A value, or what an expression gives, has another type than is expected here.",
    "Give a value of the type named.",
  ],
  [
    "invalid-value",
    "A value is of the right type and still not allowed.",
    "Choose one of the values, or stay within the bounds named.",
  ],
  ["bad-duration", "A time span is not written as one.", "Write 500ms, 2s, 5m, 1h30m or 3d."],
  ["bad-version", "The version is not a semantic version.", 'Three numbers in quotes, such as "1.0.0".'],
  ["bad-name", "A name has a form that expressions or `needs` could not use.", "Use the form the help shows."],
  [
    "bad-need",
    "An entry of `needs` is not an edge, or its parts do not go together.",
    "Write `a`, `a.outcome`, `{ anyOf: […] }` or `{ settled: […] }`.",
  ],
  [
    "needs-expression",
    "A condition is text rather than true, false or one expression.",
    "Put one ${{ … }} around the whole of it.",
  ],
  [
    "needs-constant",
    "What must be known before the run is left to an expression.",
    "Name it, or choose between stages with `switch`.",
  ],
  [
    "idle-word",
    "A word stands on a stage it does nothing for: `cache` where there is no effect, a limit where nothing takes time.",
    "Remove it, or move it to the stage that does the work.",
  ],
  [
    "limit-deadlock",
    "A stage asks for a place of a group that a stage around it holds, so both can wait for each other for ever.",
    "Name another group inside, or limit only one of them.",
  ],
  ["constant-condition", "A condition is always true or always false.", "Remove it, or the stage."],
  [
    "invalid-schema",
    "A JSON Schema in the definition is none, or has a misspelt keyword.",
    "See json-schema.org, draft 2020-12.",
  ],
  ["invalid-default", "A default breaks the schema it belongs to.", "Mend the default or the schema."],
  ["file-not-found", "A file the definition names is not there.", "Paths start at the definition's own folder."],
  ["bad-file", "A file the definition names cannot be read as what it is.", "Mend that file."],
];
