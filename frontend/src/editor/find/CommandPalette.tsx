/** The command palette: any action, any node, any workflow, by a few characters. */

import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { typedAhead } from '../../ui/shell/TypedAhead'
import { useAway } from '../../ui/useAway'
import { listQuery } from '../../ui/workflows/queries'
import { holdFocus } from '../canvas/focus'
import { NodeList } from '../palette/NodeList'
import palette from '../palette/Palette.module.css'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './CommandPalette.module.css'
import { type Command, commandsFor } from './commands'

export function CommandPalette() {
  const session = useSession()
  const { view } = session
  const box = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState(typedAhead)
  const [at, setAt] = useState(0)
  const { data = [] } = useQuery(listQuery)
  const commands = useMemo(() => commandsFor(session, query, data), [session, query, data])
  const chosen = Math.min(at, commands.length - 1)
  const close = () => view.setState({ commands: false })
  // Read before the search box takes the focus.
  const [giveBack] = useState(holdFocus)
  useEffect(() => giveBack, [giveBack])
  useAway(box, close)
  const pick = (command: Command | undefined) => {
    if (!command) return
    close()
    command.run()
  }
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation()
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step) setAt(Math.max(0, Math.min(commands.length - 1, chosen + step)))
    else if (event.key === 'Enter') pick(commands[chosen])
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.preventDefault()
  }
  return (
    <div ref={box} className={css.box} role="dialog" aria-label={texts.commands}>
      <label className={palette.search}>
        <Search size={16} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette opens to be typed into
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="command-list"
          aria-activedescendant={commands.length ? `node-type-${chosen}` : undefined}
          aria-label={texts.searchCommands}
          placeholder={texts.searchCommands}
          value={query}
          onChange={event => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={keys}
        />
      </label>
      <div className={css.rows} id="command-list">
        <NodeList
          label={texts.commands}
          choices={commands}
          at={chosen}
          onPoint={setAt}
          onPick={i => pick(commands[i])}
        />
        {!commands.length && <p>{texts.noResultsFor(query.trim())}</p>}
      </div>
    </div>
  )
}
