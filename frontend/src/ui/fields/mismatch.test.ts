import { expect, it } from 'vitest'
import type { MediaReference } from '../../api/schema'
import { mismatch } from './mismatch'

const file = (content_type: string): MediaReference => ({
  asset: '1',
  url: '/media/1',
  content_type,
  size: 9,
  sha256: '',
  name: 'holiday.png',
})

it('a text file named .png is no picture', () =>
  expect(mismatch(file('text/plain'), 'image')).toBe(
    'holiday.png is not an image: it holds text/plain.',
  ))

it('what fits is taken, and a field for any file takes all', () => {
  expect(mismatch(file('image/webp'), 'mask')).toBeNull()
  expect(mismatch(file('video/mp4'), 'video')).toBeNull()
  expect(mismatch(file('text/plain'), 'file')).toBeNull()
})
