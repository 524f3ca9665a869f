/** The fields of one node as rows of the form: shown or not, in order by drag or Alt+arrows, opened in place. */
import { ChevronDown, ChevronRight, Eye, EyeOff, GripVertical } from 'lucide-react'
import { type DragEvent, Fragment, type KeyboardEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { RequestField } from '../../api/schema'
import { textOf } from '../../catalog/ports'
import { Button } from '../../ui/controls/Button'
import { requestSpec } from '../../ui/fields/spec'
import { FieldSettings } from '../fields/FieldList'
import { changeField, FIELD_WORDS, fieldName, setFields } from '../fields/request'
import { useSession } from '../session'
import css from './AppView.module.css'
import { texts } from './texts'

interface Props {
  /** The node they are of. */
  id: string
  fields: readonly RequestField[]
  /** The place of the first one in the form. */
  first: number
  onOpen: (name: string | null) => void
}

export function FieldRows({ id, fields, first, onOpen }: Props) {
  const session = useSession()
  const open = useStore(session.view, state => state.openField)
  const [dragged, setDragged] = useState<number | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const { canEdit } = session.store
  const names = fields.map(field => field.name)
  const move = (from: number, to: number) => {
    if (to < 0 || to >= fields.length || from === to) return
    const next = fields.slice()
    next.splice(to, 0, ...next.splice(from, 1))
    setFields(session, id, next, texts.reorder)
  }
  const keys = (event: KeyboardEvent, at: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!step || !event.altKey || !canEdit) return
    event.preventDefault()
    move(at, at + step)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    if (dragged !== null && over !== null) move(dragged, over > dragged ? over - 1 : over)
    setDragged(null)
    setOver(null)
  }
  let place = first - 1
  return (
    <ol className={css.rows} onDragOver={event => event.preventDefault()} onDrop={drop}>
      {fields.map((field, at) => {
        const key = `${id} ${field.name}`
        const opened = open === key
        const hidden = field.hidden === true
        if (!hidden) place += 1
        const group = textOf(field.group)
        const label = requestSpec(field).label
        return (
          <Fragment key={field.name}>
            {group && group !== textOf(fields[at - 1]?.group) && (
              <li className={css.group}>{group}</li>
            )}
            <li
              className={css.row}
              data-open={opened || undefined}
              data-hidden={hidden || undefined}
              data-over={over === at || undefined}
              onDragOver={event => {
                event.preventDefault()
                const { top, height } = event.currentTarget.getBoundingClientRect()
                setOver(event.clientY > top + height / 2 ? at + 1 : at)
              }}
            >
              <div className={css.line}>
                {canEdit && (
                  <span
                    className={css.handle}
                    draggable
                    aria-hidden
                    onDragStart={event => {
                      event.dataTransfer.effectAllowed = 'move'
                      event.dataTransfer.setData('text/plain', label)
                      setDragged(at)
                    }}
                    onDragEnd={() => setDragged(null)}
                  >
                    <GripVertical size={15} />
                  </span>
                )}
                <b className={css.place}>{hidden ? '–' : place}</b>
                <button
                  type="button"
                  className={css.fold}
                  aria-expanded={opened}
                  title={canEdit ? texts.moveHelp : undefined}
                  onKeyDown={event => keys(event, at)}
                  onClick={() => {
                    session.view.setState({ openField: opened ? null : key })
                    onOpen(opened ? null : field.name)
                  }}
                >
                  <span>{label}</span>
                  <small>{FIELD_WORDS[field.type] ?? field.type}</small>
                  {opened ? <ChevronDown size={15} /> : <ChevronRight size={15} />}
                </button>
                {canEdit && (
                  <Button
                    tone="ghost"
                    aria-pressed={!hidden}
                    label={texts.show(label)}
                    icon={hidden ? <EyeOff size={15} /> : <Eye size={15} />}
                    onClick={() =>
                      changeField(session, id, field.name, { hidden: hidden ? undefined : true })
                    }
                  />
                )}
              </div>
              {opened && (
                <FieldSettings
                  id={id}
                  field={field}
                  inForm
                  onChange={(name, change) => {
                    changeField(session, id, name, change)
                    if (change.name) onOpen(change.name)
                  }}
                  nameFor={(wanted, own) =>
                    fieldName(
                      wanted,
                      names.filter(name => name !== own),
                    )
                  }
                />
              )}
            </li>
          </Fragment>
        )
      })}
    </ol>
  )
}
