/** The palette: search node types, see their ports, add one where it was asked for. */
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { typeWord } from '../catalog/convert'
import { fitting } from '../catalog/search'
import type { NodeType } from '../catalog/types'
import header from './CardHeader.module.css'
import { colourOf, shapeOf } from './colours'
import { addNode } from './commands'
import { NodeList } from './NodeList'
import css from './Palette.module.css'
import { recentTypes, remember } from './recent'
import { useSession } from './session'
import type { PaletteRequest } from './view'

export function Palette() {
  const { view } = useSession()
  const request = useStore(view, state => state.palette)
  return request && <Open key={`${request.at.x} ${request.at.y}`} request={request} />
}

function Open({ request }: { request: PaletteRequest }) {
  const session = useSession()
  const { search, catalog, view } = session
  const box = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const recent = useMemo(() => recentTypes(), [])
  const found = useMemo(() => {
    const { wire } = request
    const all = search.find(query, recent)
    return wire
      ? fitting(all, { type: wire.type, from: wire.side === 'out' ? 'output' : 'input' })
      : all
  }, [search, query, recent, request])
  const recents = query.trim() ? 0 : found.filter(type => recent.includes(type.type)).length
  const chosen: NodeType | undefined = found[Math.min(at, found.length - 1)]
  const close = () => view.setState({ palette: null })

  useLayoutEffect(() => {
    const panel = box.current
    if (!panel) return
    const { width, height } = panel.getBoundingClientRect()
    panel.style.left = `${Math.max(8, Math.min(request.at.x, innerWidth - width - 8))}px`
    panel.style.top = `${Math.max(8, Math.min(request.at.y, innerHeight - height - 8))}px`
  }, [request])
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Element)) view.setState({ palette: null })
    }
    document.addEventListener('pointerdown', away, true)
    return () => document.removeEventListener('pointerdown', away, true)
  }, [view])

  const pick = (type: NodeType | undefined) => {
    if (!type) return
    remember(type.type)
    close()
    addNode(session, type.type, request.place, { wire: request.wire, clear: request.clear })
  }
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step) {
      event.preventDefault()
      setAt(Math.max(0, Math.min(found.length - 1, at + step)))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      pick(chosen)
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      close()
    }
    event.stopPropagation()
  }

  return (
    <div ref={box} className={css.palette} role="dialog" aria-label="Add a node">
      <label className={css.search}>
        <Search size={16} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette opens to be typed into
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={chosen ? `node-type-${at}` : undefined}
          aria-label="Search nodes"
          placeholder={
            request.wire ? `Nodes that fit ${typeWord(request.wire.type)}` : 'Search nodes'
          }
          value={query}
          onChange={event => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={keys}
        />
      </label>
      <div className={css.body}>
        <div className={css.types} id="palette-list">
          {found.length ? (
            <NodeList
              types={found}
              at={at}
              onPoint={setAt}
              onPick={pick}
              grouped={!query.trim()}
              recent={recents}
            />
          ) : (
            <p className={css.none}>
              Nothing {request.wire ? `for ${typeWord(request.wire.type)} ` : ''}is called “{query}
              ”.
            </p>
          )}
        </div>
        {chosen && (
          <aside className={css.about}>
            <h3>{chosen.name}</h3>
            <p>{chosen.description}</p>
            <Ports title="Takes" ports={chosen.inputs.filter(port => port.port)} />
            <Ports title="Gives" ports={chosen.outputs} />
            {!chosen.outputs.length && chosen.dynamic === 'fields' && (
              <p>Gives one output for every field you add.</p>
            )}
          </aside>
        )}
      </div>
      <span className={css.hint}>{catalog.types.length} nodes · ↑↓ choose · ↵ add · Esc close</span>
    </div>
  )
}

function Ports({
  title,
  ports,
}: {
  title: string
  ports: readonly { name: string; label: string; type: string }[]
}) {
  if (!ports.length) return null
  return (
    <div className={css.ports}>
      <h4>{title}</h4>
      <ul>
        {ports.slice(0, 7).map(port => (
          <li key={port.name}>
            <span
              className={header.glyph}
              data-shape={shapeOf(port.type)}
              style={{ background: colourOf(port.type) }}
            />
            {port.label || port.name}
            <small>{typeWord(port.type)}</small>
          </li>
        ))}
        {ports.length > 7 && <li>and {ports.length - 7} more</li>}
      </ul>
    </div>
  )
}
