/** The top bar: where you are, the workflow's name, whether it is saved, undo, theme, run. */

import { AppWindow, Braces, LayoutList, Redo2, SunMoon, Undo2, Users } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '../../ui/controls/Button'
import { lazily } from '../../ui/shell/lazily'
import { redo } from '../actions/graph/redo'
import { undo } from '../actions/graph/undo'
import { keysOf } from '../actions/keys'
import { theme } from '../actions/view/theme'
import { app } from '../actions/workflow/app'
import { share } from '../actions/workflow/share'
import { useAsApi } from '../actions/workflow/useAsApi'
import { RunButton } from '../run/RunButton'
import { useSession } from '../session'
import { texts } from '../texts'
import { MoreMenu } from './MoreMenu'
import { SaveChip } from './SaveChip'
import css from './TopBar.module.css'

const Members = lazily(async () => (await import('../together/Members')).default)
const StepsMenu = lazily(async () => (await import('../badge/StepsMenu')).default)
const DraftBadge = lazily(async () => (await import('../badge/DraftBadge')).default)

export function TopBar() {
  const session = useSession()
  const { store } = session
  const canUndo = useStore(store.state, state => state.canUndo)
  const canRedo = useStore(store.state, state => state.canRedo)
  const offer = useStore(session.runner.state, ({ plan }) => plan?.paidFor)
  const paid = offer?.pays ? offer : null
  const appOpen = useStore(session.view, state => state.app)
  return (
    <header className={css.top}>
      <a className={css.logo} href="/" title={texts.allWorkflows}>
        <span className="sr-only">{texts.allWorkflows}</span>
        <svg
          viewBox="0 0 24 24"
          width="22"
          height="22"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.7"
          strokeLinecap="round"
          aria-hidden="true"
        >
          <circle cx="5" cy="6" r="2.4" />
          <circle cx="5" cy="18" r="2.4" />
          <circle cx="19" cy="12" r="2.4" />
          <path d="M7.4 6c6 0 4 6 9.2 6M7.4 18c6 0 4-6 9.2-6" />
        </svg>
      </a>
      <Name />
      <SaveChip />
      {store.canEdit && <DraftBadge />}
      <div className={css.space} />
      {store.canEdit && (
        <div className={css.group}>
          <Button
            tone="ghost"
            label={texts.undoKeys(keysOf(undo))}
            icon={<Undo2 size={16} />}
            disabled={!canUndo}
            onClick={() => undo.run(session)}
          />
          <Button
            tone="ghost"
            label={texts.redoKeys(keysOf(redo))}
            icon={<Redo2 size={16} />}
            disabled={!canRedo}
            onClick={() => redo.run(session)}
          />
          <span className={css.wide}>
            <StepsMenu />
          </span>
        </div>
      )}
      <div className={`${css.group} ${css.wide}`}>
        <Button
          tone="ghost"
          label={texts.lightOrDark}
          icon={<SunMoon size={16} />}
          onClick={() => theme.run(session)}
        />
      </div>
      <div className={`${css.group} ${css.wide} ${css.pages}`}>
        <Button
          icon={<LayoutList aria-hidden size={15} />}
          title={texts.editTheApp}
          aria-pressed={appOpen}
          onClick={() => app.run(session)}
        >
          {texts.app}
        </Button>
        <a className={css.page} href={`/play/${session.slug}`} title={texts.theWorkflowAsAForm}>
          <AppWindow aria-hidden size={15} />
          {texts.playground}
        </a>
        <Button
          icon={<Braces aria-hidden size={15} />}
          title={texts.useAsApiCode}
          onClick={() => useAsApi.run(session)}
        >
          {texts.api}
        </Button>
      </div>
      {session.role && !session.past && (
        <div className={css.wide}>
          <Members />
        </div>
      )}
      {session.role === 'owner' && (
        <div className={`${css.group} ${css.wide}`}>
          <Button icon={<Users aria-hidden size={15} />} onClick={() => share.run(session)}>
            {texts.share}
          </Button>
        </div>
      )}
      {session.sharedBy !== null && (
        <span
          className={css.shared}
          title={paid ? texts.paidBy(paid.user, paid.number) : undefined}
        >
          {paid ? texts.chargedTo(paid.user) : texts.sharedBy(session.sharedBy)}
        </span>
      )}
      <MoreMenu />
      <RunButton />
    </header>
  )
}

function Name() {
  const { store } = useSession()
  const name = useStore(store.state, state => String(state.document.name ?? ''))
  const [draft, setDraft] = useState<string | null>(null)
  const done = () => {
    const text = draft?.trim()
    if (text && text !== name) {
      store.edit([{ op: 'meta.set', key: 'name', value: text }], { label: texts.renameTheWorkflow })
    }
    setDraft(null)
  }
  if (!store.canEdit) return <b className={css.fixed}>{name}</b>
  return (
    <span className={css.name} data-text={(draft ?? name) || ' '}>
      <input
        aria-label={texts.nameOfTheWorkflow}
        value={draft ?? name}
        size={1}
        maxLength={200}
        onChange={event => setDraft(event.target.value)}
        onBlur={done}
        onKeyDown={event => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') {
            setDraft(null)
            event.currentTarget.value = name
            event.currentTarget.blur()
          }
        }}
      />
    </span>
  )
}
