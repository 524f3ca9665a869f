import { describe, expect, it } from 'vitest'
import type { Remote } from './fold'
import { remoteLine, remoteSentence, remoteState } from './remote'
import { texts } from './texts'

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [13, '13th'],
  [22, '22nd'],
  [111, '111th'],
  [121, '121st'],
])('place %d is the %s', (place, words) => expect(texts.place(place)).toBe(words))

describe('the state of a node on its runner', () => {
  const on = (state: Remote['state'], position: number | null = null): Remote => ({
    state,
    position,
    runner: 'gpu-1',
  })
  it.each([
    [on('uploaded'), 'uploaded', 'has its files on gpu-1', 'Has its files on gpu-1'],
    [on('queued', 2), 'queued (3rd)', 'is 3rd in the queue of gpu-1', '3rd in the queue of gpu-1'],
    [on('queued'), 'queued', 'waits in the queue of gpu-1', 'Waits in the queue of gpu-1'],
    [on('running'), '', 'is running on gpu-1', 'Running on gpu-1'],
    [on('invalid'), '', 'was refused by gpu-1', 'Was refused by gpu-1'],
    [{ ...on(''), runner: '' }, '', 'waits for a runner', 'Waits for a runner'],
    [{ ...on('running'), runner: '' }, '', 'is running on the runner', 'Running on the runner'],
  ])('%o reads %s', (remote, short, sentence, line) => {
    expect(remoteState(remote)).toBe(short)
    expect(remoteSentence(remote)).toBe(sentence)
    expect(remoteLine(remote)).toBe(line)
  })

  it('is nothing without a runner', () => expect(remoteState(null)).toBe(''))
})
