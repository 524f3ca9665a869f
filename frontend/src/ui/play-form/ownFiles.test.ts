import { expect, test } from 'vitest'
import { keepFile, separate, withoutLost } from './ownFiles'

const photo = () => new File(['abc'], 'cat.png', { type: 'image/png' })

test('a file is taken along by the run and is no value of it', () => {
  const file = photo()
  const kept = keepFile(file)
  expect(kept).toMatchObject({ content_type: 'image/png', size: 3, name: 'cat.png' })
  const { values, files } = separate({ words: 'Hi', photo: { ...kept } as never })
  expect(values).toEqual({ words: 'Hi' })
  expect([...files]).toEqual([['photo', file]])
})

test('a file of an earlier page is left out, and everything else stays', () => {
  const lost = { asset: 'blob:x', url: 'blob:x', content_type: 'image/png', size: 1, sha256: '' }
  const own = { asset: 'a', url: '/media/a', content_type: 'image/png', size: 1, sha256: '' }
  const inputs = { lost, own, words: 'Hi' }
  expect(withoutLost(inputs)).toEqual({ own, words: 'Hi' })
  expect(separate(inputs).values).toEqual({ own, words: 'Hi' })
  const kept = { ...keepFile(photo()) } as never
  expect(withoutLost({ kept })).toEqual({ kept })
})
