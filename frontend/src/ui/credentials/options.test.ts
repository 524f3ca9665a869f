import { describe, expect, it } from 'vitest'
import type { Credential } from '../../api/schema'
import { keyOptions, originOf } from './options'

const key = (id: string, name: string, ...allowedOrigins: string[]): Credential => ({
  id,
  name,
  provider: 'p',
  allowedOrigins,
  last4: '1234',
  createdAt: '',
  lastUsedAt: null,
  workflows: [],
  capPerDay: null,
  capPerMonth: null,
  spentToday: 0,
  spentThisMonth: 0,
  callsThisMonth: 0,
})
const KEYS = [
  key('cred_a', 'Reports', 'https://b.example'),
  key('cred_b', 'Billing', 'https://a.example'),
]
const texts = (...given: Parameters<typeof keyOptions>) =>
  keyOptions(...given).options.map(option => option.text)

describe('the options of a picker of keys', () => {
  it('begin with none and end with a new one', () => {
    expect(texts(KEYS, '', {})).toEqual(['None', 'Reports (…1234)', 'Billing (…1234)', 'New…'])
  })
  it('put keys for the origin first, and say which are not for it', () => {
    expect(texts(KEYS, '', { origin: 'https://a.example' })).toEqual([
      'None',
      'Billing (…1234)',
      'Reports (…1234), not for https://a.example',
      'New…',
    ])
  })
  it('say that a deleted key is gone, and that a left-out one is to be chosen', () => {
    expect(texts(KEYS, 'cred_gone', {})[0]).toBe('Deleted key: choose another')
    expect(texts(KEYS, 'choose', {})[0]).toBe('Choose a key…')
    expect(keyOptions(KEYS, 'choose', {}).missing).toBe(true)
    expect(keyOptions(KEYS, 'cred_a', {}).missing).toBe(false)
  })
  it('do not call a key deleted before they are known', () => {
    expect(keyOptions(undefined, 'cred_a', {})).toMatchObject({ missing: false })
  })
  it('name what happens without a choice', () => {
    expect(texts(KEYS, '', { provider: 'fal' })[0]).toBe('Your newest fal key')
    expect(texts(KEYS, '', { wanted: true })[0]).toBe('Choose a key…')
  })
})

describe('the origin of a typed URL', () => {
  it('is known though the path has placeholders', () => {
    expect(originOf('https://api.example.com/items?q={{word}}')).toBe('https://api.example.com')
  })
  it('is not known while the host is not', () => {
    expect(originOf('https://{{host}}/x')).toBe('')
    expect(originOf('api.example')).toBe('')
    expect(originOf(5)).toBe('')
  })
})
