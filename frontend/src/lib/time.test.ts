import { describe, expect, it } from 'vitest'
import { ago, dayHeading, duration, playingTime, timeOfDay } from './time'

const now = new Date(2026, 10, 22, 12, 0, 0)
const earlier = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString()

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [412.4, '412 ms'],
    [999.7, '1.0 s'],
    [3400, '3.4 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_700, '1 min'],
    [125_000, '2 min 5 s'],
    [3_780_000, '1 h 3 min'],
  ])('%d milliseconds read %s', (ms, text) => expect(duration(ms)).toBe(text))

  it('of videos and audio are written as players write them', () => {
    expect([0.4, 7, 65.2, 600, 3723].map(playingTime)).toEqual([
      '0:00',
      '0:07',
      '1:05',
      '10:00',
      '1:02:03',
    ])
  })
})

describe('moments', () => {
  it.each([
    [3, 'just now'],
    [-20, 'just now'],
    [60, '1 min ago'],
    [59 * 60, '59 min ago'],
    [2 * 3600 + 10, '2 h ago'],
    [13 * 3600, 'yesterday'],
    [3 * 86_400, '3 days ago'],
  ])('%d seconds ago reads %s', (seconds, text) => expect(ago(earlier(seconds), now)).toBe(text))

  it('a night does not turn four hours into yesterday', () => {
    const night = new Date(2026, 10, 22, 2, 0, 0)
    expect(ago(new Date(2026, 10, 21, 22, 0, 0).toISOString(), night)).toBe('4 h ago')
  })

  it('older moments are dates, with the year when it is another one', () => {
    expect(ago(new Date(2026, 9, 3).toISOString(), now)).toBe('3 Oct')
    expect(ago(new Date(2025, 9, 3).toISOString(), now)).toBe('3 Oct 2025')
  })

  it('no moment says nothing', () => {
    expect(ago('', now)).toBe('')
    expect(timeOfDay('')).toBe('')
  })

  it('the time of day has seconds where they matter', () => {
    const at = new Date(2026, 10, 22, 9, 5, 7).toISOString()
    expect([timeOfDay(at), timeOfDay(at, true)]).toEqual(['09:05', '09:05:07'])
  })

  it('days are headings from today on', () => {
    const now = new Date(2026, 2, 1, 9, 0)
    const at = (...date: [number, number, number]) =>
      dayHeading(new Date(...date, 23).toISOString(), now)
    expect(at(2026, 2, 1)).toBe('Today')
    expect(at(2026, 1, 28)).toBe('Yesterday')
    expect(at(2026, 1, 2)).toMatch(/^Monday,? 2 February$/)
    expect(at(2025, 1, 3)).toMatch(/^Monday,? 3 February 2025$/)
  })
})
