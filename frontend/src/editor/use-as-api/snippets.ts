/**
 * Programs that run a workflow over the API, ready to paste: for the shell, Python and JavaScript
 * with what these bring along and nothing else, and with fal's own clients. No React.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: those are the JavaScript that is made
import { falJavascript, falPython } from './falSnippets'
import { FileOf, JAVASCRIPT, literal, PYTHON, type Samples, SHELL, variable } from './literal'
import type { Lines, Mode, Target } from './target'

export const LANGUAGES = {
  curl: 'curl',
  python: 'Python',
  javascript: 'JavaScript',
  falPython: 'fal-client',
  falJavascript: '@fal-ai/client',
} as const
export type Language = keyof typeof LANGUAGES

/** The program for one language and one way to wait for the result. */
export function snippet(target: Target, language: Language, mode: Mode): string {
  const lines = { curl, python, javascript, falPython, falJavascript }[language](target, mode)
  return `${lines.filter(line => line !== null).join('\n')}\n`
}

const filesOf = (inputs: Samples) => Object.values(inputs).filter(value => value instanceof FileOf)

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

const QUERY: Record<Mode, string> = { wait: '', poll: '?async=true', events: '?stream=true' }

/** Prints what the server returns; what it refuses goes to stderr, and the call fails. */
const SHELL_CALL = [
  'call() {',
  `  response=$(curl -sS -w ' %{http_code}' -H "x-api-key: $key" "$@") || return 1`,
  '  case ${response##* } in',
  '    2??) printf "%s\\n" "${response% *}" ;;',
  '    *) printf "%s\\n" "${response% *}" >&2; return 1 ;;',
  '  esac',
  '}',
  '',
]

function curl({ origin, slug, key, inputs }: Target, mode: Mode): Lines {
  const files = filesOf(inputs)
  const url = `$base/api/workflows/${slug}/run${QUERY[mode]}`
  const found = (response: string, name: string) =>
    `printf '%s' "$${response}" | sed -n 's/.*"${name}": *"\\([^"]*\\)".*/\\1/p'`
  const head = [`base=${quote(origin)}`, `key=${quote(key)}`, '']
  if (files.length || mode === 'poll') head.push(...SHELL_CALL)
  for (const file of files) {
    head.push(
      `uploaded=$(call "$base/api/uploads" -F file=@${file.name}) || exit 1`,
      `${variable(file.field)}=$(${found('uploaded', 'url')})`,
      '',
    )
  }
  const [type, data] = [
    "  -H 'Content-Type: application/json' \\",
    `  -d '${literal({ inputs: inputs as never }, SHELL, 2, 1)}'`,
  ]
  if (mode !== 'poll') {
    const options = mode === 'wait' ? '-sS' : '-sSN --fail-with-body'
    return [...head, `curl ${options} "${url}" -H "x-api-key: $key" \\`, type, data]
  }
  return [
    ...head,
    `started=$(call "${url}" \\`,
    type,
    `${data}) || exit 1`,
    `id=$(${found('started', 'executionId')})`,
    '',
    'while :; do',
    '  run=$(call "$base/api/executions/$id") || exit 1',
    `  case $run in *'"status":"processing"'*) sleep 1 ;; *) break ;; esac`,
    'done',
    'echo "$run"',
  ]
}

function python({ origin, slug, key, inputs }: Target, mode: Mode): Lines {
  const uploads = filesOf(inputs).length > 0
  return [
    'import json',
    mode === 'poll' ? 'import time' : null,
    'import urllib.error',
    'import urllib.request',
    '',
    `BASE = ${JSON.stringify(origin)}`,
    `KEY = ${JSON.stringify(key)}`,
    '',
    '',
    'def send(path, data=None, content_type="application/json"):',
    '    headers = {"x-api-key": KEY, "Content-Type": content_type}',
    '    request = urllib.request.Request(BASE + path, data=data, headers=headers)',
    '    try:',
    '        return urllib.request.urlopen(request)',
    '    except urllib.error.HTTPError as error:',
    '        raise SystemExit(error.read().decode()) from None',
    '',
    '',
    ...(uploads
      ? [
          'def upload(name):',
          '    with open(name, "rb") as file:',
          '        content = file.read()',
          '    head = f\'Content-Disposition: form-data; name="file"; filename="{name}"\'',
          '    body = f"--part\\r\\n{head}\\r\\n\\r\\n".encode() + content + b"\\r\\n--part--\\r\\n"',
          '    response = send("/api/uploads", body, "multipart/form-data; boundary=part")',
          '    return json.load(response)["url"]',
          '',
          '',
        ]
      : []),
    `inputs = ${literal(inputs as never, PYTHON)}`,
    'body = json.dumps({"inputs": inputs}).encode()',
    mode === 'events'
      ? `events = send("/api/workflows/${slug}/run${QUERY.events}", body)`
      : `response = json.load(send("/api/workflows/${slug}/run${QUERY[mode]}", body))`,
    ...PYTHON_ENDS[mode],
  ]
}

const PYTHON_ENDS: Record<Mode, Lines> = {
  wait: ['print(json.dumps(response["result"], indent=2))'],
  poll: [
    '',
    'while True:',
    '    run = json.load(send(f"/api/executions/{response[\'executionId\']}"))',
    '    if run["status"] != "processing":',
    '        break',
    '    time.sleep(1)',
    'print(run["status"])',
    'print(json.dumps(run["result"], indent=2))',
  ],
  events: [
    'for line in events:',
    '    if line.startswith(b"data:"):',
    '        event = json.loads(line[5:])',
    '        print(event["type"], event.get("node_id", ""))',
    '        if event["type"] == "output":',
    '            print(json.dumps(event["output"], indent=2))',
  ],
}

function javascript({ origin, slug, key, inputs }: Target, mode: Mode): Lines {
  const uploads = filesOf(inputs).length > 0
  return [
    '// Save as run.mjs and start with: node run.mjs',
    uploads ? "import { readFile } from 'node:fs/promises'\n" : null,
    `const base = ${JSON.stringify(origin)}`,
    `const key = ${JSON.stringify(key)}`,
    '',
    'async function send(path, body) {',
    "  const headers = { 'x-api-key': key }",
    "  if (typeof body === 'string') headers['Content-Type'] = 'application/json'",
    "  const method = body ? 'POST' : 'GET'",
    '  const response = await fetch(base + path, { method, headers, body })',
    '  if (!response.ok) throw new Error(await response.text())',
    '  return response',
    '}',
    '',
    ...(uploads
      ? [
          'async function upload(name) {',
          '  const form = new FormData()',
          "  form.append('file', new Blob([await readFile(name)]), name)",
          "  return (await (await send('/api/uploads', form)).json()).url",
          '}',
          '',
        ]
      : []),
    `const inputs = ${literal(inputs as never, JAVASCRIPT, 2)}`,
    'const body = JSON.stringify({ inputs })',
    `const started = await send('/api/workflows/${slug}/run${QUERY[mode]}', body)`,
    ...JAVASCRIPT_ENDS[mode],
  ]
}

const JAVASCRIPT_ENDS: Record<Mode, Lines> = {
  wait: ['const { result } = await started.json()', 'console.log(JSON.stringify(result, null, 2))'],
  poll: [
    'const { executionId } = await started.json()',
    '',
    'let run',
    'do {',
    '  await new Promise(resolve => setTimeout(resolve, 1000))',
    '  run = await (await send(`/api/executions/${executionId}`)).json()',
    "} while (run.status === 'processing')",
    'console.log(run.status)',
    'console.log(JSON.stringify(run.result, null, 2))',
  ],
  events: [
    "let text = ''",
    'for await (const chunk of started.body.pipeThrough(new TextDecoderStream())) {',
    '  text += chunk',
    "  const lines = text.split('\\n')",
    '  text = lines.pop()',
    "  for (const line of lines.filter(line => line.startsWith('data:'))) {",
    '    const event = JSON.parse(line.slice(5))',
    "    console.log(event.type, event.node_id ?? '')",
    "    if (event.type === 'output') console.log(JSON.stringify(event.output, null, 2))",
    '  }',
    '}',
  ],
}
