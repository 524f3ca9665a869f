// Runs one script with the official client, pointed at SITE by one of its three hooks; prints JSON.
import { createFalClient } from '@fal-ai/client'

const [hook, script, app, input] = process.argv.slice(2)
const site = process.env.SITE
const surfaces = {
  'fal.run': '/fal/run',
  'queue.fal.run': '/fal/queue',
  'rest.fal.ai': '/fal/rest',
}

function here(address) {
  const url = new URL(address)
  const surface = surfaces[url.host]
  return surface === undefined ? address : site + surface + url.pathname + url.search
}

const hooks = {
  proxyUrl: { proxyUrl: { url: `${site}/fal/proxy`, when: 'always' } },
  requestMiddleware: {
    requestMiddleware: async request => ({ ...request, url: here(request.url) }),
  },
  fetch: { fetch: (address, options) => fetch(here(String(address)), options) },
}

const fal = createFalClient({ credentials: process.env.FAL_KEY, ...hooks[hook] })
const given = () => ({ input: JSON.parse(input) })

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
  upload: async () => {
    const file = new File([Buffer.from('a file')], 'ä b.txt', { type: 'text/plain' })
    const url = await fal.storage.upload(file)
    return { url, body: await (await fetch(url)).text() }
  },
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

process.stdout.write(JSON.stringify(await scripts[script]()))
