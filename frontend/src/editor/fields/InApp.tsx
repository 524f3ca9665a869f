/** Whether a field is in the app, and what changes that. */
import { AppWindow, Plus } from 'lucide-react'
import { useStore } from 'zustand'
import type { Input } from '../../api/schema'
import { specOf } from '../../ui/fields/spec'
import { appEdge, canShow, showInApp, takeOutOfApp } from '../edits/inApp'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './InApp.module.css'
import { texts } from './texts'

export function InApp({ id, input }: { id: string; input: Input }) {
  const session = useSession()
  useStore(session.store.state, state => state.document.edges)
  const { label } = specOf(input)
  if (appEdge(session, id, input) && session.store.canEdit) {
    return (
      <button
        type="button"
        className={css.button}
        aria-pressed
        title={editorTexts.takeOutOfApp(label)}
        aria-label={texts.inApp(label)}
        onClick={() => takeOutOfApp(session, id, input)}
      >
        <AppWindow size={12} aria-hidden /> {texts.inAppShort}
      </button>
    )
  }
  if (!canShow(session, id, input)) return null
  return (
    <button
      type="button"
      className={css.button}
      aria-pressed={false}
      title={editorTexts.showInApp(label)}
      aria-label={texts.inApp(label)}
      onClick={() => showInApp(session, id, input)}
    >
      <Plus size={12} aria-hidden /> {editorTexts.app}
    </button>
  )
}
