/** What an empty canvas says: one line, a search box, and that files can be dropped. */
import { ImagePlus, Search } from 'lucide-react'
import { useState } from 'react'
import { addNode } from '../edits/commands'
import { typeOffers } from '../palette/choices'
import { NodeList } from '../palette/NodeList'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './EmptyCanvas.module.css'

export function EmptyCanvas() {
  const session = useSession()
  const { catalog } = session
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = query.trim() ? typeOffers(catalog, query, []).slice(0, 5) : []
  const add = (at: number) => {
    const type = found[at]?.type
    if (!type) return
    const box = document.querySelector('.react-flow')?.getBoundingClientRect()
    const middle = box
      ? { x: box.left + box.width / 2 - 140, y: box.top + box.height / 2 - 100 }
      : { x: 0, y: 0 }
    addNode(session, type.type, session.rf?.screenToFlowPosition(middle) ?? middle, { enter: true })
  }
  return (
    <div className={css.empty}>
      <h2>{texts.whatDoYouWantToCreate}</h2>
      <label className={css.search}>
        <Search size={16} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: an empty canvas is for adding the first node
          autoFocus
          aria-label={texts.searchNodes}
          placeholder={texts.searchNodesResize}
          value={query}
          onChange={event => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={event => {
            if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1))
            if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
            if (event.key === 'Enter') add(at)
          }}
        />
      </label>
      {found.length > 0 && (
        <div className={css.found}>
          <NodeList choices={found} at={at} onPoint={setAt} onPick={add} />
        </div>
      )}
      <p>
        <ImagePlus size={15} aria-hidden="true" /> {texts.orDropAnImage}
      </p>
    </div>
  )
}
