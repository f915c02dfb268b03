// A collector of OTLP over HTTP as a process of its own: decodes what it receives and says it, a JSON line a span.
import http from "node:http";

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString();
    process.stdout.write(`${JSON.stringify({ path: request.url, headers: request.headers })}\n`);
    if (request.url?.endsWith("/v1/traces"))
      for (const span of spansOf(JSON.parse(text))) process.stdout.write(`${JSON.stringify(span)}\n`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));

function spansOf({ resourceSpans }) {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({ traceId, spanId, parentSpanId, name, kind, status, attributes, startTimeUnixNano, endTimeUnixNano }) => ({
          ...{ traceId, spanId, parentSpanId: parentSpanId ?? null, name, kind, isFault: status.code === 2 },
          ...{
            startedAt: Number(BigInt(startTimeUnixNano) / 1_000_000n),
            endedAt: Number(BigInt(endTimeUnixNano) / 1_000_000n),
          },
          attributes: valuesOf(attributes),
          resource: valuesOf(resource.attributes),
        }),
      ),
    ),
  );
}

function valuesOf(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
