import type { Files } from "./files.js";
import type { Names } from "./names.js";

/** A definition with its test, and what it is made of. All of them validate, and their tests pass, as they are. */
interface Sources {
  /** Folder of the definitions, from the project's. */
  readonly folder: string;
  /** Way from that folder to where the schemas are. */
  readonly schemas: string;
}

const modeline = ({ schemas }: Sources, name: string) =>
  `# yaml-language-server: $schema=${schemas}/${name}.schema.json\n`;

const head = (sources: Sources, { kebab, title }: Names) => `${modeline(sources, "workflow")}apiVersion: stagecraft/v1
id: ${kebab}
version: "1.0.0"
title: ${title}
`;

const testHead = (sources: Sources, { kebab }: Names) => `${modeline(sources, "workflow-test")}apiVersion: stagecraft/v1
kind: WorkflowTest
workflow: ${kebab}
cases:
`;

export function workflowFiles(sources: Sources, names: Names): Files {
  return {
    [`${sources.folder}/${names.kebab}.workflow.yaml`]: `${head(sources, names)}
inputs:
  name: { type: string, description: Who is greeted., default: world }

stages:
  greet:
    uses: transform
    with:
      values:
        greeting: Hello, \${{ inputs.name }}!

outputs:
  greeting: \${{ stages.greet.outputs.greeting }}
`,
    [`${sources.folder}/${names.kebab}.test.yaml`]: `${testHead(sources, names)}  - name: greets by name
    inputs: { name: Ada }
    expect: { status: succeeded, outputs: { greeting: "Hello, Ada!" } }
`,
  };
}

export function agentFiles(sources: Sources, names: Names): Files {
  const { kebab, camel, title } = names;
  return {
    [`${sources.folder}/prompts/${kebab}.md`]: `You read a request and judge how urgent it is.
Answer with the urgency, and one sentence that says why.
`,
    [`${sources.folder}/${kebab}.workflow.yaml`]: `${head(sources, names)}
inputs:
  request: { type: string, description: What somebody asks for. }

agents:
  ${camel}:
    title: ${title}
    instructions: { file: prompts/${kebab}.md }
    output:
      type: object
      required: [urgency, reason]
      properties:
        urgency: { type: string, enum: [low, normal, high] }
        reason: { type: string }

stages:
  ask:
    uses: agent
    with:
      agent: ${camel}
      input: { request: "\${{ inputs.request }}" }
    retry: { maxAttempts: 3 }
    timeout: 1m

outputs:
  urgency: \${{ stages.ask.outputs.urgency }}
  reason: \${{ stages.ask.outputs.reason }}
`,
    [`${sources.folder}/${kebab}.test.yaml`]: `${testHead(sources, names)}  - name: passes the answer on
    inputs: { request: The plant stands still. }
    mocks: { ask: [{ outputs: { urgency: high, reason: Nothing is made. } }] }
    expect: { status: succeeded, outputs: { urgency: high } }
`,
  };
}

export function rulesFiles(sources: Sources, names: Names): Files {
  const { kebab, camel } = names;
  return {
    [`${sources.folder}/${kebab}.workflow.yaml`]: `${head(sources, names)}
inputs:
  amount: { type: number, minimum: 0 }

rulesets:
  ${camel}:
    version: "1"
    hit: first
    inputs: { amount: "\${{ facts.amount }}" }
    outputs: { tier: [small, medium, large] }
    rules:
      - { amount: "< 1000", tier: small }
      - { amount: "< 50000", tier: medium }
      - { amount: any, tier: large }

stages:
  decide:
    uses: rules
    with: { ruleset: ${camel}, facts: { amount: "\${{ inputs.amount }}" } }

outputs:
  tier: \${{ stages.decide.outputs.tier }}
`,
    [`${sources.folder}/${kebab}.test.yaml`]: `${testHead(sources, names)}  - name: a small amount
    inputs: { amount: 999 }
    expect: { status: succeeded, outputs: { tier: small } }
  - name: a medium amount
    inputs: { amount: 1000 }
    expect: { status: succeeded, outputs: { tier: medium } }
  - name: a large amount
    inputs: { amount: 50000 }
    expect: { status: succeeded, outputs: { tier: large } }
`,
  };
}

export const PROJECT_FILES: Files = {
  "stagecraft.config.yaml": `# Where things are and who people are. Every key is optional.
definitions: definitions

# identities:
#   users:
#     ann@example.org: { roles: [manager], osUser: ann }

# notify:
#   ops: { url: https://hooks.example.org/ops }
`,
  ".gitignore": `node_modules/
.env
.stagecraft/*
!.stagecraft/*.schema.json
`,
  ".vscode/extensions.json": `{\n  "recommendations": ["redhat.vscode-yaml"]\n}\n`,
};
