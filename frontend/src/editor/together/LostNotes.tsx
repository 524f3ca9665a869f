/** What edits have lost to those of others, each with both values and one click to take it back. */
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { applyFitting } from '../../document/operations'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { workflowCreate } from '../../ui/workflows/queries'
import { useSession } from '../session'
import css from './LostNotes.module.css'
import type { Lost } from './lost'
import { shortly } from './lost'
import { texts } from './texts'

export default function LostNotes() {
  const { view, store } = useSession()
  const lost = useStore(view, state => state.lost)
  const restored = useStore(store.state, state => state.save.restored)
  if (!lost.length && !restored) return null
  return (
    <section className={css.notes} aria-label={texts.conflicts}>
      {restored && <Restored />}
      {lost.map(one => (
        <Note key={one.key} lost={one} />
      ))}
    </section>
  )
}

function Note({ lost }: { lost: Lost }) {
  const session = useSession()
  const { view, store } = session
  const close = () =>
    view.setState(state => ({ lost: state.lost.filter(other => other.key !== lost.key) }))
  const who = lost.author?.name ?? texts.someone
  if (lost.kind === 'node') {
    const name = String(lost.node.data.title ?? '') || session.catalog.get(lost.node.type)?.name
    const title = name ?? lost.node.type
    const back = () => {
      const { kept } = applyFitting(store.document, lost.operations)
      store.edit(kept, { label: texts.bringBackLabel(title) })
      session.flow.select([lost.node.id])
      close()
    }
    return (
      <div className={css.note} role="status">
        <p>{texts.deletedWhile(who, title)}</p>
        <div>
          <Button tone="primary" onClick={back}>
            {texts.bringBack}
          </Button>
          <Button onClick={close}>{texts.leaveItDeleted}</Button>
        </div>
      </div>
    )
  }
  const { operation } = lost
  const field =
    operation.op === 'field.set' ? fieldName(session, operation.id, operation.field) : operation.key
  const [theirs, mine] = [shortly(lost.theirs, texts.empty), shortly(lost.mine, texts.empty)]
  const use = () => {
    const { kept } = applyFitting(store.document, [operation])
    store.edit(kept, { label: texts.takeBack(field) })
    close()
  }
  return (
    <div className={css.note} role="status">
      <p>{texts.changedWhile(who, field, theirs, mine)}</p>
      <div>
        <Button onClick={close}>{texts.keep(theirs)}</Button>
        <Button onClick={use}>{texts.use(mine)}</Button>
      </div>
      <small>{texts.staysIfYouDoNothing(theirs)}</small>
      <Button tone="ghost" label={texts.keep(theirs)} icon={<X size={14} />} onClick={close} />
    </div>
  )
}

function fieldName(session: ReturnType<typeof useSession>, id: string, field: string): string {
  const node = session.store.node(id)
  const port = node && session.catalog.inputsOf(node).find(({ name }) => name === field)
  return port?.label ?? field
}

function Restored() {
  const { store, sync, slug } = useSession()
  const copy = async () => {
    const { document } = store
    try {
      const made = await workflowCreate({
        ...document,
        name: texts.copyOf(String(document.name ?? '')).slice(0, 200),
      })
      await sync.discard()
      location.assign(`/app/editor/${encodeURIComponent(made.slug)}`)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
    }
  }
  const theirs = async () => {
    await sync.discard()
    location.assign(`/app/editor/${encodeURIComponent(slug)}`)
  }
  return (
    <div className={css.note} role="alert">
      <p>{texts.restored}</p>
      <div>
        <Button tone="primary" onClick={copy}>
          {texts.keepMyCopy}
        </Button>
        <Button onClick={theirs}>{texts.useTheServers}</Button>
      </div>
    </div>
  )
}
