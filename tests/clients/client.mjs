// Runs scripts with the official client, pointed at SITE by one of its three hooks, or by nothing
// (`names`: fal's own host names lead here). Each line it reads is a script, an app and an input, and
// each that it prints what came of it.
import { createInterface } from 'node:readline'
import { createFalClient } from '@fal-ai/client'

const [hook] = process.argv.slice(2)
let app, input
const site = process.env.SITE
const surfaces = {
  'fal.run': '/fal/run',
  'queue.fal.run': '/fal/queue',
  'rest.fal.ai': '/fal/rest',
}

function here(href) {
  const url = new URL(href)
  const surface = surfaces[url.host]
  return surface === undefined ? href : site + surface + url.pathname + url.search
}

const hooks = {
  proxyUrl: { proxyUrl: { url: `${site}/fal/proxy`, when: 'always' } },
  requestMiddleware: {
    requestMiddleware: async request => ({ ...request, url: here(request.url) }),
  },
  fetch: { fetch: (url, options) => fetch(here(String(url)), options) },
  names: {},
}

const fal = createFalClient({ credentials: process.env.FAL_KEY, ...hooks[hook] })
const given = () => ({ input: JSON.parse(input) })

function picture() {
  const dot =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
  return new File([Buffer.from(dot, 'base64')], 'dot.png', { type: 'image/png' })
}

const scripts = {
  run: async () => fal.run(app, given()),
  subscribe: async () => {
    const statuses = []
    const result = await fal.subscribe(app, {
      ...given(),
      logs: true,
      pollInterval: 50,
      onQueueUpdate: update => statuses.push(update.status),
    })
    return { ...result, statuses }
  },
  subscribeStreaming: async () => {
    const logs = []
    const result = await fal.subscribe(app, {
      ...given(),
      logs: true,
      mode: 'streaming',
      onQueueUpdate: update => logs.push(...(update.logs ?? []).map(line => line.message)),
    })
    return { ...result, logs: [...new Set(logs)] }
  },
  queue: async () => {
    const { request_id: requestId } = await fal.queue.submit(app, given())
    await fal.queue.subscribeToStatus(app, { requestId, pollInterval: 50 })
    const status = await fal.queue.status(app, { requestId, logs: true })
    const result = await fal.queue.result(app, { requestId })
    const cancelled = await fal.queue
      .cancel(app, { requestId })
      .then(() => null, error => error.body)
    return { requestId, status, result, cancelled }
  },
  cancel: async () => {
    const { request_id: requestId } = await fal.queue.submit(app, given())
    await fal.queue.cancel(app, { requestId })
    const { status } = await fal.queue.status(app, { requestId })
    const error = await fal.queue.result(app, { requestId }).then(() => null, caught => caught)
    return { status, code: error.status }
  },
  stream: async () => {
    const stream = await fal.stream(app, given())
    const events = []
    for await (const event of stream) events.push(event)
    return { events, last: await stream.done() }
  },
  // Each step of a workflow is a request of its own.
  steps: async () => {
    const found = {}
    for await (const event of await fal.stream(app, given())) {
      if (event.type !== 'submit') continue
      const { app_id: endpoint, request_id: requestId } = event
      await fal.queue.subscribeToStatus(endpoint, { requestId, pollInterval: 50 })
      found[event.node_id] = (await fal.queue.result(endpoint, { requestId })).data
    }
    return found
  },
  wishes: async () => {
    const wishes = { startTimeout: 30, priority: 'low', hint: 'session-7', pollInterval: 50 }
    const headers = { 'X-Fal-Store-IO': '0' }
    return (await fal.subscribe(app, { ...given(), ...wishes, headers })).data
  },
  upload: async () => {
    const file = new File([Buffer.from('a file')], 'ä b.txt', { type: 'text/plain' })
    const url = await fal.storage.upload(file)
    return { url, body: await (await fetch(url)).text() }
  },
  // The client sends a file in parts from 90 MiB on; this one says it is as large.
  uploadParts: async () => {
    const file = new File([Buffer.from('a large file')], 'ä.bin', { type: 'text/plain' })
    Object.defineProperty(file, 'size', { value: 91 * 1024 * 1024 })
    const url = await fal.storage.upload(file)
    return { url, body: await (await fetch(url)).text() }
  },
  // A file anywhere in the input is uploaded by the client.
  fileInput: async () => fal.subscribe(app, { input: { image_url: picture() }, pollInterval: 50 }),
  clientStream: async () => {
    const stream = await fal.stream(app, { ...given(), connectionMode: 'client' })
    const events = []
    for await (const event of stream) events.push(event.type)
    return { events, last: await stream.done() }
  },
  realtime: async () =>
    new Promise((resolve, reject) => {
      const results = []
      const connection = fal.realtime.connect(app, {
        connectionKey: 'one',
        throttleInterval: 0,
        maxBuffering: 2,
        onError: error => reject(error),
        onResult: result => {
          results.push(result)
          if (results.length < 2) return connection.send(JSON.parse(input))
          connection.close()
          return resolve(results)
        },
      })
      connection.send(JSON.parse(input))
    }),
  realtimeError: async () =>
    new Promise(resolve => {
      const connection = fal.realtime.connect(app, {
        connectionKey: 'two',
        throttleInterval: 0,
        onResult: result => resolve({ result }),
        onError: error => {
          connection.close()
          resolve({ message: error.message, body: error.body })
        },
      })
      connection.send({ unknown: 1 })
    }),
  // The first token is worth nothing; the client drops it and asks for another one.
  realtimeRenewed: async () =>
    new Promise(resolve => {
      const asked = []
      const errors = []
      let sending
      const connection = fal.realtime.connect(app, {
        connectionKey: 'three',
        throttleInterval: 0,
        tokenProvider: async name => {
          asked.push(name)
          if (asked.length === 1) {
            // What was sent into the refused connection is lost; a page goes on sending.
            sending = setInterval(() => connection.send(JSON.parse(input)), 200)
            return 'nonsense'
          }
          const answer = await fetch(`${site}/fal/rest/tokens/`, {
            method: 'POST',
            headers: { authorization: `Key ${process.env.FAL_KEY}` },
            body: JSON.stringify({ allowed_apps: [name], token_expiration: 60 }),
          })
          return answer.json()
        },
        tokenExpirationSeconds: 60,
        onError: error => errors.push(error.message),
        onResult: result => {
          clearInterval(sending)
          connection.close()
          resolve({ asked, errors, result })
        },
      })
      connection.send(JSON.parse(input))
    }),
  webhook: async () => fal.queue.submit(app, { ...given(), webhookUrl: process.env.WEBHOOK }),
  failure: async () =>
    fal.subscribe(app, { ...given(), pollInterval: 50 }).then(
      () => null,
      error => ({
        name: error.name,
        status: error.status,
        message: error.message,
        body: error.body,
        fieldErrors: error.fieldErrors,
      }),
    ),
}

for await (const line of createInterface({ input: process.stdin })) {
  const [script, ...rest] = JSON.parse(line)
  ;[app, input] = rest
  const told = await scripts[script]().then(
    value => ({ value }),
    error => ({ error: String(error.stack ?? error) }),
  )
  process.stdout.write(`${JSON.stringify(told)}\n`)
}
process.exit()
