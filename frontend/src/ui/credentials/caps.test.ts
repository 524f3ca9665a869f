import { describe, expect, it } from 'vitest'
import type { Credential, CredentialSlot } from '../../api/schema'
import { capWords, draftOf, NO_CAPS, readCaps, shareSpent, spentWords } from './caps'
import { byKey } from './whose'

const key = (changes: Partial<Credential>): Credential => ({
  id: 'cred_a',
  name: 'Work',
  provider: 'openai',
  allowedOrigins: [],
  last4: '1234',
  createdAt: '',
  lastUsedAt: null,
  workflows: [],
  capPerDay: null,
  capPerMonth: null,
  spentToday: 0,
  spentThisMonth: 0,
  callsThisMonth: 0,
  ...changes,
})

describe('caps', () => {
  it('are read as they are typed, and nothing is no cap', () => {
    expect(readCaps({ capPerDay: ' 2,5 ', capPerMonth: '' })).toEqual({
      caps: { capPerDay: 2.5, capPerMonth: null },
      wrong: {},
    })
    expect(readCaps(NO_CAPS).caps).toEqual({ capPerDay: null, capPerMonth: null })
    expect(draftOf(key({ capPerDay: 2.5 }))).toEqual({ capPerDay: '2.5', capPerMonth: '' })
  })
  it.each(['much', '-1', 'Infinity', '1e999'])('%s is no amount', text => {
    expect(Object.keys(readCaps({ capPerDay: text, capPerMonth: '1' }).wrong)).toEqual([
      'capPerDay',
    ])
  })
  it('and what was spent are words', () => {
    expect(capWords(key({}))).toBe('no cap')
    expect(capWords(key({ capPerDay: 2, capPerMonth: 30 }))).toBe(
      'at most $2.00 a day, $30.00 a month',
    )
    expect(spentWords(key({}))).toBe('No call this month')
    expect(spentWords(key({ callsThisMonth: 14, spentThisMonth: 1.2 }))).toBe(
      '14 calls this month, $1.20',
    )
  })
  it('are spent by the larger share', () => {
    expect(shareSpent(key({ spentToday: 5 }))).toBeNull()
    expect(
      shareSpent(key({ capPerDay: 2, capPerMonth: 10, spentToday: 1, spentThisMonth: 2 })),
    ).toBe(0.5)
    expect(shareSpent(key({ capPerMonth: 10, spentThisMonth: 20 }))).toBe(1)
    expect(shareSpent(key({ capPerDay: 0 }))).toBe(1)
  })
})

describe('whose key a run uses', () => {
  const slot = (node: string, changes: Partial<CredentialSlot>): CredentialSlot => ({
    slot: node,
    nodeId: node,
    node,
    field: 'credential',
    app: '',
    provider: 'openai',
    origin: 'https://api.openai.com',
    wanted: false,
    editable: false,
    credential: null,
    ...changes,
  })
  const credential = { id: 'cred_a', name: 'Work', last4: '1234' }
  it('is said once for each key, and for each that is missing', () => {
    const rows = [
      slot('Chat', { credential }),
      slot('Generate image', { credential }),
      slot('Chat', { credential }),
      slot('Speak', { provider: 'elevenlabs', origin: 'https://api.elevenlabs.io' }),
      slot('HTTP request', { provider: '', origin: 'https://a.example' }),
      slot('Ollama', { provider: 'ollama', origin: '' }),
    ]
    expect(byKey(rows)).toEqual([
      { key: 'Work …1234', origin: 'https://api.openai.com', nodes: ['Chat', 'Generate image'] },
      { key: '', origin: 'https://api.elevenlabs.io', nodes: ['Speak'] },
    ])
    expect(byKey(undefined)).toEqual([])
  })
})
