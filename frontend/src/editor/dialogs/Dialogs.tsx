/** The dialogs of the editor, each loaded when it is first opened. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { lazily } from '../../ui/shell/lazily'
import { TypedAhead } from '../../ui/shell/TypedAhead'
import { useSession } from '../session'

const UseAsApi = lazily(async () => (await import('../use-as-api/UseAsApi')).default)
const KeysDialog = lazily(async () => (await import('../../ui/credentials/KeysDialog')).KeysDialog)
const ExportDialog = lazily(async () => (await import('../../importing/ExportDialog')).ExportDialog)
const ImportDialog = lazily(async () => (await import('./ImportDialog')).ImportDialog)
const ModelPicker = lazily(async () => (await import('../picker/ModelPicker')).default)
const Connect = lazily(async () => (await import('../../ui/providers/Connect')).default)
const GraphDialog = lazily(async () => (await import('../comfy/GraphDialog')).GraphDialog)
const ShareDialog = lazily(async () => (await import('../together/ShareDialog')).default)
const VariationsPanel = lazily(
  async () => (await import('../variations/VariationsPanel')).VariationsPanel,
)
const HandlesDialog = lazily(async () => (await import('../handles/HandlesDialog')).HandlesDialog)
const Shortcuts = lazily(async () => (await import('./Shortcuts')).Shortcuts)

/** Where users type at once: fetched when the page is first touched, before it is needed. */
const Palette = lazily(async () => (await import('../palette/Palette')).Palette, TypedAhead)
const CommandPalette = lazily(
  async () => (await import('../find/CommandPalette')).CommandPalette,
  TypedAhead,
)

export function Dialogs() {
  const { view, store, sync, slug, runner } = useSession()
  const api = useStore(view, state => state.api)
  const keys = useStore(view, state => state.keys)
  const exporting = useStore(view, state => state.exporting)
  const pendingImport = useStore(view, state => state.pendingImport)
  const picker = useStore(view, state => state.picker)
  const provider = useStore(view, state => state.provider)
  const graph = useStore(view, state => state.graph)
  const sharing = useStore(view, state => state.sharing)
  const variations = useStore(view, state => state.variations)
  const handles = useStore(view, state => state.handles)
  const shortcuts = useStore(view, state => state.shortcuts)
  const palette = useStore(view, state => state.palette)
  const commands = useStore(view, state => state.commands)
  useEffect(() => onFirstTouch(Palette.fetch, CommandPalette.fetch), [])
  return (
    <>
      {palette && <Palette key={`${palette.at.x} ${palette.at.y}`} request={palette} />}
      {commands && <CommandPalette />}
      {api && <UseAsApi onClose={() => view.setState({ api: false })} />}
      {keys && <KeysDialog slug={slug} onClose={() => view.setState({ keys: false })} />}
      {exporting && (
        <ExportDialog
          slug={slug}
          name={String(store.document.name ?? slug)}
          prepare={() => sync.flush()}
          onClose={() => view.setState({ exporting: false })}
        />
      )}
      {pendingImport && (
        <ImportDialog
          pendingImport={pendingImport}
          onClose={() => view.setState({ pendingImport: null })}
        />
      )}
      {picker && <ModelPicker key={`${picker.node} ${picker.field}`} request={picker} />}
      {/* Connects a provider that a node has failed without; then the node can run. */}
      {provider && (
        <Connect
          id={provider.id}
          onClose={() => view.setState({ provider: null })}
          onConnected={() => void runner.run({ only: [provider.node] })}
        />
      )}
      {graph && <GraphDialog key={graph.node} id={graph.node} start={graph.start} />}
      {sharing && <ShareDialog />}
      {variations && <VariationsPanel key={variations} id={variations} />}
      {handles?.large && <HandlesDialog id={handles.node} mask={handles.mask === true} />}
      {shortcuts && <Shortcuts />}
    </>
  )
}

/** Call these once, at the first press of a key or a pointer on the page; returns what takes it back. */
function onFirstTouch(...calls: (() => unknown)[]): () => void {
  const stop = new AbortController()
  const options = { capture: true, once: true, signal: stop.signal }
  for (const name of ['pointerdown', 'pointermove', 'keydown'] as const)
    addEventListener(
      name,
      () => {
        stop.abort()
        for (const call of calls) call()
      },
      options,
    )
  return () => stop.abort()
}
