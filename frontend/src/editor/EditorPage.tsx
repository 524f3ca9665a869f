/** The editor: loads the workflow and the catalogue, then shows the canvas and its panels. */

import { useQuery } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Catalogue } from '../api/catalog'
import { runGraph } from '../api/results'
import type { ExecutionWorkflow, Workflow } from '../api/schema'
import { catalogGet, workflowGet } from '../api/workflows'
import { ApiError, errorMessage } from '../lib/errors'
import type { PageProps } from '../ui/page'
import { Toasts } from '../ui/shell/Toasts'
import { Canvas } from './canvas/Canvas'
import { CanvasTools } from './canvas/CanvasTools'
import { ContextMenu } from './canvas/ContextMenu'
import { DropArea } from './canvas/DropArea'
import { EmptyCanvas } from './canvas/EmptyCanvas'
import { listen } from './canvas/keyboard'
import { SelectionBar } from './canvas/SelectionBar'
import { GraphDialog } from './comfy/GraphDialog'
import {
  ApiDialog,
  ConnectOfSession,
  ExportOfSession,
  KeysOfSession,
  PickerOfSession,
} from './dialogs/ApiDialog'
import { ImportDialog } from './dialogs/ImportDialog'
import { Shortcuts } from './dialogs/Shortcuts'
import css from './EditorPage.module.css'
import { CommandPalette } from './find/CommandPalette'
import { FindPanel } from './find/FindPanel'
import { Palette } from './palette/Palette'
import { Inspector } from './panels/Inspector'
import { ReadOnlyBanner } from './panels/ReadOnlyBanner'
import { RunBar } from './run/RunBar'
import { Session, SessionContext, useSession } from './session'
import { texts } from './texts'
import { TopBar } from './topbar/TopBar'

// Loaded when it is first opened.
const Outline = lazy(async () => ({ default: (await import('./outline/Outline')).Outline }))

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
    return () => {
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
            <EmptyCanvas />
            <CanvasTools />
            <SelectionBar />
            <OutlineOfSession />
            <FindPanel />
          </main>
          <Inspector />
          <RunBar />
          <Palette />
          <CommandPalette />
          <ContextMenu />
          <Shortcuts />
          <ApiDialog />
          <ExportOfSession />
          <KeysOfSession />
          <PickerOfSession />
          <ConnectOfSession />
          <ImportDialog />
          <GraphDialog />
          <DropArea />
          <Toasts />
        </div>
      </ReactFlowProvider>
    </SessionContext>
  )
}

function OutlineOfSession() {
  const { view } = useSession()
  const open = useStore(view, state => state.outline)
  return (
    open && (
      <Suspense>
        <Outline />
      </Suspense>
    )
  )
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
