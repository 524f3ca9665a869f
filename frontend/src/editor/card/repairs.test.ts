/** Every error has a title of one line, and a repair or none on purpose. */
import { describe, expect, it } from 'vitest'
import { ROWS, repairLabel, repairPage, rowOf } from './repairs'

describe('errors on cards', () => {
  it.each(Object.entries(ROWS))(
    '%s has a short title and a button that says what it does',
    (_, row) => {
      expect(row.title.length).toBeLessThan(40)
      expect(row.title).toMatch(/^[A-Z]/)
      expect(repairLabel(row.repair) === '').toBe(row.repair === 'none')
    },
  )

  it('can be tried again when nothing is known of them', () => {
    expect(rowOf(undefined)).toEqual({ title: 'This node failed', repair: 'retry' })
    expect(rowOf('toString').title).toBe('This node failed')
  })

  it('name the key that is missing, and lead where it is added', () => {
    expect(repairLabel('addKey', 'fal')).toBe('Add fal key')
    expect(repairPage('addKey')).toBe('/settings#credentials')
    expect(repairPage('retry')).toBeNull()
  })
})
