/** One workflow: its picture, its name, how its last run went, and what can be done with it. */
import { Ellipsis } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from 'react'
import { Menu } from '../ui/Menu'
import { type CardAction, cardActions } from './actions'
import { CardCover } from './CardCover'
import { CardName } from './CardName'
import { CardState } from './CardState'
import type { WorkflowSummary } from './types'
import { useCardContext } from './useCardContext'
import css from './WorkflowCard.module.css'

type Point = { x: number; y: number }

export function WorkflowCard({ row }: { row: WorkflowSummary }) {
  const [renaming, setRenaming] = useState(false)
  const [menu, setMenu] = useState<Point | null>(null)
  const more = useRef<HTMLButtonElement>(null)
  const context = useCardContext(row, setRenaming)
  const actions = cardActions.filter(action => action.offered?.(row) ?? true)
  const closeMenu = useCallback(() => {
    setMenu(null)
    more.current?.focus()
  }, [])

  const keys = (event: KeyboardEvent) => {
    if (renaming || menu || event.target === more.current) return
    const action = actions.find(({ key }) => key === event.key)
    if (!action) return
    event.preventDefault()
    action.run(row, context)
  }
  const openAtPointer = (event: MouseEvent) => {
    if (renaming) return
    event.preventDefault()
    setMenu({ x: event.clientX, y: event.clientY })
  }
  const item = (action: CardAction) => {
    const Icon = action.icon
    return {
      id: action.id,
      label: action.label,
      shortcut: action.key,
      icon: <Icon aria-hidden size={16} />,
      danger: action.danger,
      separated: action.danger,
      run: () => action.run(row, context),
    }
  }

  return (
    <li className={css.card} onKeyDown={keys} onContextMenu={openAtPointer}>
      <CardCover row={row} className={css.picture} />
      <div className={css.body}>
        <CardName row={row} renaming={renaming} onDone={context.rename} />
        <button
          ref={more}
          type="button"
          className={css.more}
          aria-haspopup="menu"
          aria-expanded={menu !== null}
          aria-label={`Actions for ${row.name}`}
          onClick={() => {
            const box = more.current?.getBoundingClientRect()
            if (box) setMenu({ x: box.right - 208, y: box.bottom + 4 })
          }}
        >
          <Ellipsis aria-hidden size={18} />
        </button>
        <CardState row={row} />
      </div>
      {menu && (
        <Menu
          at={menu}
          label={`Actions for ${row.name}`}
          items={actions.map(item)}
          onClose={closeMenu}
        />
      )}
    </li>
  )
}
