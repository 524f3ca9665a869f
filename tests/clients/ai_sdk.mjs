// Vercel's AI SDK with its provider for fal: prints what an image model here answers it.
import { createFal } from '@ai-sdk/fal'
import { generateImage } from 'ai'

const [, , app, prompt] = process.argv
const fal = createFal({ apiKey: process.env.FAL_KEY, baseURL: `${process.env.SITE}/fal/run` })

try {
  const { images } = await generateImage({
    model: fal.image(app),
    prompt,
    n: 2,
    size: '64x48',
    seed: 7,
    maxRetries: 0,
  })
  const told = images.map(image => ({ type: image.mediaType, bytes: image.uint8Array.length }))
  console.log(JSON.stringify({ images: told }))
} catch (error) {
  console.log(JSON.stringify({ error: error.message, status: error.statusCode }))
}
