/** The editor: loads the workflow and the catalogue, then shows the canvas and its panels. */

import { useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Catalogue } from '../api/catalog'
import { runGraph } from '../api/results'
import type { ExecutionWorkflow, Workflow } from '../api/schema'
import { catalogGet, workflowGet } from '../api/workflows'
import { ApiError, errorMessage } from '../lib/errors'
import type { PageProps } from '../ui/page'
import { lazily } from '../ui/shell/lazily'
import { Toasts } from '../ui/shell/Toasts'
import { comments } from './actions/view/comment'
import { Canvas } from './canvas/Canvas'
import { CanvasTools } from './canvas/CanvasTools'
import { ContextMenu } from './canvas/ContextMenu'
import { DropArea } from './canvas/DropArea'
import { listen } from './canvas/keyboard'
import { SelectionBar } from './canvas/SelectionBar'
import { Dialogs } from './dialogs/Dialogs'
import css from './EditorPage.module.css'
import { FindPanel } from './find/FindPanel'
import { Inspector } from './panels/Inspector'
import { ReadOnlyBanner } from './panels/ReadOnlyBanner'
import { RunBar } from './run/RunBar'
import { Session, SessionContext, useSession } from './session'
import { texts } from './texts'
import { TopBar } from './topbar/TopBar'

// Loaded when it is first opened.
const AppView = lazily(async () => (await import('./app-view/AppView')).AppView)
const AssetsPanel = lazily(async () => (await import('./file-list/AssetsPanel')).AssetsPanel)
const Others = lazily(async () => (await import('./together/Others')).default)
const Comments = lazily(async () => (await import('./comments/Comments')).default)
const LostNotes = lazily(async () => (await import('./together/LostNotes')).default)
const EmptyCanvas = lazily(async () => (await import('./canvas/EmptyCanvas')).EmptyCanvas)
const HistoryPanel = lazily(async () => (await import('./versions/HistoryPanel')).HistoryPanel)
const Outline = lazily(async () => (await import('./outline/Outline')).Outline)

export default function EditorPage({ slug }: PageProps) {
  const workflow = useQuery({
    queryKey: ['workflow', slug],
    queryFn: () => workflowGet(slug),
    // From here on the document lives in the session; reading it again would fight with edits.
    staleTime: Number.POSITIVE_INFINITY,
    retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status < 500),
  })
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet })
  const run = new URLSearchParams(location.search).get('run')
  const past = useQuery({
    queryKey: ['run-graph', run],
    queryFn: () => runGraph(run ?? ''),
    enabled: run !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const error = workflow.error ?? catalog.error ?? past.error
  if (error) return <Failure error={error} />
  if (!workflow.data || !catalog.data || (run !== null && !past.data)) return <Skeleton />
  return <Editor workflow={workflow.data} catalog={catalog.data} past={past.data ?? null} />
}

interface Loaded {
  workflow: Workflow
  catalog: Catalogue
  past: ExecutionWorkflow | null
}

function Editor({ workflow, catalog, past }: Loaded) {
  const [session] = useState(() => new Session(workflow, catalog, past))
  useEffect(() => {
    const stops = [session.start(), listen(session)]
    if (new URLSearchParams(location.search).has('comments')) comments.run(session)
    let over = false
    if (session.role && !session.past) {
      void import('./together/together').then(({ together }) => {
        if (!over) stops.push(together(session))
      })
    }
    return () => {
      over = true
      for (const stop of stops) stop()
    }
  }, [session])
  return (
    <SessionContext value={session}>
      <ReactFlowProvider>
        <div className={css.page}>
          <TopBar />
          <main className={css.main}>
            <Canvas />
            <ReadOnlyBanner />
            <EmptyOfSession />
            <CanvasTools />
            <SelectionBar />
            <OutlineOfSession />
            <AssetsOfSession />
            <AppOfSession />
            <FindPanel />
            <LostOfSession />
            {session.role && !past && <Others />}
            <CommentsOfSession />
            <HistoryOfSession />
          </main>
          <Inspector />
          <RunBar />
          <ContextMenu />
          <Dialogs />
          <DropArea />
          <Toasts />
        </div>
      </ReactFlowProvider>
    </SessionContext>
  )
}

function EmptyOfSession() {
  const { store, view } = useSession()
  const isEmpty = useStore(store.state, state => state.document.nodes.length === 0)
  const isOpen = useStore(view, state => state.palette !== null)
  return isEmpty && !isOpen && store.canEdit && <EmptyCanvas />
}

function OutlineOfSession() {
  const { view } = useSession()
  const open = useStore(view, state => state.outline)
  return open && <Outline />
}

function LostOfSession() {
  const { view, store } = useSession()
  const lost = useStore(view, state => state.lost.length > 0)
  const restored = useStore(store.state, state => state.save.restored)
  return (lost || restored) && <LostNotes />
}

function HistoryOfSession() {
  const { view } = useSession()
  const open = useStore(view, state => state.history)
  return open && <HistoryPanel />
}

function CommentsOfSession() {
  const { view } = useSession()
  const shown = useStore(view, state => state.comments.shown)
  return shown && <Comments />
}

function AppOfSession() {
  const { view } = useSession()
  const open = useStore(view, state => state.app)
  return open && <AppView />
}

function AssetsOfSession() {
  const { view } = useSession()
  const open = useStore(view, state => state.assets)
  return open && <AssetsPanel />
}

function Skeleton() {
  return (
    <div className={css.page} role="status" aria-label={texts.loadingTheWorkflow}>
      <div className={css.bar} />
      <div className={css.ghosts}>
        <i />
        <i />
        <i />
      </div>
      <div className={css.bar} />
    </div>
  )
}

function Failure({ error }: { error: Error }) {
  const missing = error instanceof ApiError && error.status === 404
  return (
    <div className={css.failure}>
      <h1>{missing ? texts.thereIsNoSuchWorkflow : texts.theWorkflowCannotBeOpened}</h1>
      <p>{missing ? texts.itMayHaveBeenDeleted : errorMessage(error)}</p>
      <div>
        <a href="/">{texts.goToYourWorkflows}</a>
        {!missing && (
          <button type="button" onClick={() => location.reload()}>
            {texts.tryAgain}
          </button>
        )}
      </div>
    </div>
  )
}
