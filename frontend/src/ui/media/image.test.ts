import { describe, expect, it } from 'vitest'
import { chosenImage, mayFill, resultImage, sized } from './image'

describe('URLs of images', () => {
  it('our own images are asked for in the width they are shown', () => {
    expect(sized('/media/1', 640)).toBe('/media/1?w=640')
    expect(sized('/media/1?w=64', 640)).toBe('/media/1?w=64')
    expect(sized('https://example.com/a.png', 640)).toBe('https://example.com/a.png')
    expect(sized(null, 640)).toBeNull()
  })
  it('a cover goes before an old thumbnail', () => {
    expect(chosenImage({ cover: { image: '/a' }, thumbnail: '/b' })).toBe('/a')
    expect(chosenImage({ cover: null, thumbnail: '/b' })).toBe('/b')
    expect(chosenImage({ cover: null, thumbnail: null })).toBeNull()
  })
})

describe('the image of a result', () => {
  const image = (id: string) => ({
    url: `http://host:1/media/${id}`,
    content_type: 'image/png',
  })
  it('is the first one, wherever it stands', () => {
    expect(resultImage({ text: 'x', images: [image('1'), image('2')] })).toBe('/media/1')
    expect(resultImage({ square: [image('3')] })).toBe('/media/3')
  })
  it('may be the poster of a video', () => {
    const video = { url: '/media/4', content_type: 'video/mp4' }
    expect(sized(resultImage({ videos: [video] }), 640)).toBe('/media/4?w=640')
  })
  it('is none for texts, audio and foreign URLs', () => {
    expect(resultImage({ text: 'http://a/media/1' })).toBeNull()
    expect(resultImage({ audio: { url: '/media/1', content_type: 'audio/wav' } })).toBeNull()
    expect(resultImage({ url: 'http://else/1.png', content_type: 'image/png' })).toBeNull()
    expect(resultImage(null)).toBeNull()
  })
})

describe('filling the frame', () => {
  const frame = { width: 300, height: 200 }
  it('an image of nearly the same shape fills it', () =>
    expect(mayFill({ width: 640, height: 420 }, frame)).toBe(true))
  it('a tall or a very wide one is shown whole', () => {
    expect(mayFill({ width: 1080, height: 1350 }, frame)).toBe(false)
    expect(mayFill({ width: 1500, height: 500 }, frame)).toBe(false)
  })
  it('sizes that are not known yet change nothing', () =>
    expect(mayFill({ width: 0, height: 0 }, frame)).toBe(true))
})
