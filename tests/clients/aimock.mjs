// An independent stand-in for OpenAI, Anthropic, Google, ElevenLabs and OpenRouter's videos: aimock
// with a few fixtures. Prints its URL.
import { readFileSync } from 'node:fs'

import { LLMock } from '@copilotkit/aimock'

const [image, sound, video] = process.argv.slice(2).map(file => readFileSync(file).toString('base64'))
const mock = new LLMock({ port: 0, chunkSize: 8 })

mock.onMessage(/as JSON/, { content: '{"colors": ["red", "blue"]}' })
mock.onMessage(/nothing but a refusal/, {
  error: { message: 'Blocked by our content policy', type: 'content_policy_violation', code: 'moderation_blocked' },
  status: 400,
})
mock.onMessage(/no credit/, {
  error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' },
  status: 429,
})
mock.onMessage(/wrong key/, {
  error: { message: 'Incorrect API key provided: sk-wrong', type: 'invalid_request_error', code: 'invalid_api_key' },
  status: 401,
})
mock.onMessage(/in the middle/, { content: 'half of a long response and then' }, { truncateAfterChunks: 2 })
mock.onMessage(/for a price/, {
  content: 'A dear fox.',
  usage: { prompt_tokens: 5, completion_tokens: 3, cost: 0.0125 },
})
// Four seconds: long enough to be seen growing.
mock.onMessage(/take your time/, { content: 'Once upon a time, '.repeat(20) }, { latency: 90 })
mock.onMessage(/./, {
  content: 'A fox jumps over the lazy dog, twice.',
  // Each dialect takes its own words out of these.
  usage: {
    prompt_tokens: 9,
    completion_tokens: 7,
    input_tokens: 9,
    output_tokens: 7,
    promptTokenCount: 9,
    candidatesTokenCount: 7,
  },
})
mock.onImage(/./, { images: [{ b64Json: image }, { b64Json: image }] })
mock.onSpeech(/./, { audio: sound, format: 'mp3' })
mock.onElevenLabsTTS(/./, { audio: sound })
mock.onSoundEffect(/./, { audio: sound })
mock.onMusic(/./, { audio: sound })
mock.onTranscription({
  transcription: {
    text: 'hello world',
    language: 'en',
    words: [
      { word: 'hello', start: 0, end: 0.4 },
      { word: 'world', start: 0.5, end: 1 },
    ],
    segments: [{ id: 0, text: 'hello world', start: 0, end: 1 }],
  },
})
mock.onEmbedding(/./, { embedding: [0.25, -0.5, 1] })
mock.onModerate(/./, { flagged: true, categories: { violence: true } })
mock.onVideo(/./, { video: { id: 'video-1', status: 'completed', b64: video, cost: 0.4 } })

await mock.start()
process.stdout.write(`${mock.url}\n`)
