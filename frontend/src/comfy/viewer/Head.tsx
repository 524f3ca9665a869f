/** The line above an open graph: where one is in its subgraphs, and the search through all of it. */

import { ChevronRight, Workflow } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ComfyView } from '../../api/schema'
import { list } from '../../lib/locale'
import { SearchField } from '../../ui/controls/SearchField'
import { findNodes } from '../search'
import { texts } from '../texts'
import { canvasAt, size, titleOf } from '../view'
import css from './GraphViewer.module.css'

interface Props {
  view: ComfyView
  title: string
  way: readonly string[]
  onGo: (way: readonly string[]) => void
  onShow: (way: readonly string[], id: string) => void
}

export function Head({ view, title, way, onGo, onShow }: Props) {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [listed, setListed] = useState(false)
  const found = useMemo(() => findNodes(view, typed), [view, typed])
  const { nodes, subgraphs } = size(view)
  const pick = (index: number) => {
    const hit = found[index]
    if (!hit) return
    setAt(index)
    onShow(hit.way, hit.node.id)
  }
  return (
    <div className={css.head}>
      <nav className={css.way} aria-label={texts.whereYouAreInTheGraph}>
        <button type="button" disabled={!way.length} onClick={() => onGo([])}>
          <Workflow aria-hidden size={15} />
          {way.length ? title : texts.wholeGraph}
        </button>
        {way.map((id, i) => {
          const above = canvasAt(view, way.slice(0, i))
          const node = above?.nodes.find(candidate => candidate.id === id)
          const name = node ? titleOf(view, node) : id
          return (
            <span key={way.slice(0, i + 1).join(':')}>
              <ChevronRight aria-hidden size={14} />
              <button
                type="button"
                disabled={i === way.length - 1}
                onClick={() => onGo(way.slice(0, i + 1))}
              >
                {name}
              </button>
            </span>
          )
        })}
        <small>
          {list([texts.nodes(nodes), ...(subgraphs ? [texts.subgraphs(subgraphs)] : [])])}
        </small>
      </nav>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the field inside */}
      <div
        className={css.search}
        onKeyDown={event => {
          if (event.key === 'Escape' && typed) {
            // Escape empties the search first; the dialog closes on the next one.
            event.preventDefault()
            setTyped('')
          }
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (step && found.length) {
            event.preventDefault()
            setListed(true)
            pick((at + step + found.length) % found.length)
          }
          if (event.key === 'Enter') {
            pick(at)
            setListed(false)
          }
        }}
      >
        <SearchField
          value={typed}
          label={texts.searchNodesInputsAndValues}
          onChange={text => {
            setTyped(text)
            setAt(0)
            setListed(true)
          }}
        />
        {listed && typed.trim() && (
          <ul className={css.found} aria-label={texts.foundNodes}>
            {found.slice(0, 20).map(({ node, names, way: path, why }, i) => (
              <li key={[...path, node.id].join(':')}>
                <button
                  type="button"
                  data-at={i === at || undefined}
                  onClick={() => {
                    pick(i)
                    setListed(false)
                  }}
                >
                  <b>{titleOf(view, node)}</b>
                  <small>{[...names, why].filter(Boolean).join(' › ')}</small>
                </button>
              </li>
            ))}
            {!found.length && <li className={css.none}>{texts.noResultsFor(typed.trim())}</li>}
          </ul>
        )}
      </div>
    </div>
  )
}
