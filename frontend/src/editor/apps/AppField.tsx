/** Which app a step calls: shown by its id, chosen from what runs here, or typed. */

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useStore } from 'zustand'
import { appsFind } from '../../api/imports'
import type { App } from '../../api/schema'
import type { FieldProps } from '../../ui/fields/spec'
import { useAway } from '../../ui/useAway'
import { useSession } from '../session'
import css from './AppField.module.css'
import { texts } from './texts'

/** Where an app runs, in a word and in a sentence. */
const PLACES = {
  workflow: [texts.aWorkflow, texts.aWorkflowOfThisServer],
  utility: [texts.builtIn, texts.builtIntoThisServer],
  fal: [texts.atFal, texts.thisServerHasNoApp],
} as const

export function AppField({ spec, value, onChange, disabled, id }: FieldProps) {
  const { apps } = useSession()
  const app = typeof value === 'string' ? value : ''
  const known = useStore(apps.state, state => state.known.get(app.trim()))
  const button = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const place = known === undefined || !app ? null : PLACES[known?.kind ?? 'fal']
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        className={css.field}
        aria-label={app ? texts.labelApp(spec.label, app) : texts.labelNoApp(spec.label)}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={disabled}
        title={app}
        onClick={() => setOpen(true)}
      >
        {/* The end of an id says most: it is cut off at its beginning. */}
        <span className={app ? css.id : css.none}>
          <bdi>{app || texts.chooseAnApp}</bdi>
        </span>
        {place && <small title={place[1]}>{place[0]}</small>}
        <ChevronDown aria-hidden size={13} />
      </button>
      {open && button.current && (
        <Picker
          app={app}
          below={button.current}
          onPick={next => {
            setOpen(false)
            if (next !== app) onChange(next || undefined)
            button.current?.focus()
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}

interface PickerProps {
  app: string
  below: HTMLElement
  onPick: (app: string) => void
  onClose: () => void
}

const WIDTH = 380 // px
const HEIGHT = 360 // px at most

function Picker({ app, below, onPick, onClose }: PickerProps) {
  const box = useRef<HTMLDivElement>(null)
  const { slug } = useSession()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const wanted = text.trim()
  const { data } = useQuery({
    queryKey: ['apps', wanted],
    queryFn: ({ signal }) => appsFind(wanted, signal),
    placeholderData: keepPreviousData,
  })
  // A workflow that runs itself would never end.
  const rows: { id: string; app?: App }[] = (data ?? [])
    .filter(row => row.slug !== slug)
    .map(row => ({ id: row.id, app: row }))
  if (wanted.includes('/') && !rows.some(row => row.id === wanted)) rows.push({ id: wanted })
  const place = placeOf(below)

  useAway(box, onClose)

  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      const next = Math.max(0, Math.min(rows.length - 1, at + step))
      setAt(next)
      box.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter' && rows[at]) onPick(rows[at].id)
    if (event.key === 'Escape') onPick(app)
  }
  return createPortal(
    <div
      ref={box}
      role="dialog"
      aria-label={texts.apps}
      className={css.picker}
      style={place}
      onKeyDown={keys}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the user has just chosen to search here
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="apps-found"
        aria-label={texts.searchApps}
        placeholder={app || texts.searchOrTypeOwnerName}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setAt(0)
        }}
      />
      <div id="apps-found" role="listbox" aria-label={texts.appsFound} className={css.list}>
        {rows.map((row, i) => (
          <button
            key={row.id}
            type="button"
            role="option"
            aria-selected={i === at}
            tabIndex={-1}
            onPointerMove={() => setAt(i)}
            onClick={() => onPick(row.id)}
          >
            <b>
              {row.app ? row.app.name : row.id}
              <small>{PLACES[row.app?.kind ?? 'fal'][0]}</small>
            </b>
            <code>{row.app ? row.id : texts.useThisId}</code>
            {row.app?.description && <span>{row.app.description}</span>}
          </button>
        ))}
        {data && !rows.length && <p>{texts.noResultsHere}</p>}
      </div>
    </div>,
    document.body,
  )
}

/** Below the field where there is room, else above it; inside the window always. */
function placeOf(below: HTMLElement) {
  const { left, top, bottom } = below.getBoundingClientRect()
  const width = Math.min(WIDTH, innerWidth - 16)
  const x = Math.max(8, Math.min(left, innerWidth - width - 8))
  const room = innerHeight - bottom - 12
  const up = room < 220 && top > room
  const height = Math.min(HEIGHT, (up ? top : innerHeight - bottom) - 16)
  return {
    left: x,
    width,
    maxHeight: height,
    ...(up ? { bottom: innerHeight - top + 4 } : { top: bottom + 4 }),
  }
}
