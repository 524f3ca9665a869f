/** Programs that run a workflow with fal's own clients, pointed at this server. No React. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: those are the JavaScript that is made
import { FileOf, JAVASCRIPT, literal, PYTHON } from './literal'
import type { Lines, Mode, Target } from './target'

/** With fal-client for Python. */
export function falPython({ origin, appId, key, inputs }: Target, mode: Mode): Lines {
  const files = Object.values(inputs).some(value => value instanceof FileOf)
  // Two variables are enough where it is https; plain http and uploads need its URLs set.
  const byVariables = origin.startsWith('https:') && !files
  const place = origin.replace(/^https?:\/\//, '')
  return [
    '# pip install fal-client',
    'import json',
    byVariables ? 'import os' : null,
    '',
    ...(byVariables
      ? [
          `os.environ["FAL_RUN_HOST"] = ${JSON.stringify(`${place}/fal/run`)}`,
          `os.environ["FAL_QUEUE_RUN_HOST"] = ${JSON.stringify(`${place}/fal/queue`)}`,
          '# With a certificate of your own, SSL_CERT_FILE must name its authority.',
          '',
          'import fal_client',
        ]
      : [
          'import fal_client',
          'from fal_client import client',
          '',
          `BASE = ${JSON.stringify(origin)}`,
          'client.RUN_URL_FORMAT = BASE + "/fal/run/"',
          'client.QUEUE_URL_FORMAT = BASE + "/fal/queue/"',
          'client.REST_URL = BASE + "/fal/rest"',
          'client.CDN_URL = BASE + "/fal/cdn"',
        ]),
    '',
    `fal = fal_client.SyncClient(key=${JSON.stringify(key)})`,
    files ? 'upload = fal.upload_file' : null,
    `app = ${JSON.stringify(appId)}`,
    `arguments = ${literal(inputs as never, PYTHON)}`,
    '',
    ...PYTHON_ENDS[mode],
  ]
}

const PYTHON_ENDS: Record<Mode, Lines> = {
  wait: ['result = fal.subscribe(app, arguments=arguments)', 'print(json.dumps(result, indent=2))'],
  poll: [
    'handle = fal.submit(app, arguments=arguments)',
    'for status in handle.iter_events():',
    '    print(type(status).__name__)',
    'print(json.dumps(handle.get(), indent=2))',
  ],
  events: [
    'for event in fal.stream(app, arguments=arguments):',
    '    print(event["type"], event["node_id"])',
    '    if event["type"] == "output":',
    '        print(json.dumps(event["output"], indent=2))',
  ],
}

/** With @fal-ai/client for JavaScript. */
export function falJavascript({ origin, appId, key, inputs }: Target, mode: Mode): Lines {
  const files = Object.values(inputs).some(value => value instanceof FileOf)
  return [
    '// npm install @fal-ai/client; save as run.mjs and start with: node run.mjs',
    files ? "import { readFile } from 'node:fs/promises'" : null,
    "import { createFalClient } from '@fal-ai/client'",
    '',
    'const fal = createFalClient({',
    `  credentials: ${JSON.stringify(key)},`,
    `  proxyUrl: { url: ${JSON.stringify(`${origin}/fal/proxy`)}, when: 'always' },`,
    '})',
    ...(files
      ? [
          '',
          'async function upload(name) {',
          '  return fal.storage.upload(new File([await readFile(name)], name))',
          '}',
        ]
      : []),
    '',
    `const app = ${JSON.stringify(appId)}`,
    `const input = ${literal(inputs as never, JAVASCRIPT, 2)}`,
    '',
    ...JAVASCRIPT_ENDS[mode],
  ]
}

const JAVASCRIPT_ENDS: Record<Mode, Lines> = {
  wait: [
    'const { data } = await fal.subscribe(app, { input })',
    'console.log(JSON.stringify(data, null, 2))',
  ],
  poll: [
    'const { request_id: requestId } = await fal.queue.submit(app, { input })',
    'const status = await fal.queue.subscribeToStatus(app, { requestId })',
    'console.log(status.status)',
    'const { data } = await fal.queue.result(app, { requestId })',
    'console.log(JSON.stringify(data, null, 2))',
  ],
  events: [
    'const stream = await fal.stream(app, { input })',
    'for await (const event of stream) console.log(event.type, event.node_id)',
    'const { output } = await stream.done()',
    'console.log(JSON.stringify(output, null, 2))',
  ],
}
