/** Opens the dialogs about the API, keys, models and files; their code is loaded when first asked for. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { useSession } from '../session'

const UseAsApi = lazy(() => import('../use-as-api/UseAsApi'))
const KeysDialog = lazy(() =>
  import('../../ui/credentials/KeysDialog').then(found => ({ default: found.KeysDialog })),
)
const ExportDialog = lazy(() =>
  import('../../importing/ExportDialog').then(found => ({ default: found.ExportDialog })),
)
const ModelPicker = lazy(() => import('../picker/ModelPicker'))
const Connect = lazy(() => import('../../ui/providers/Connect'))

export function ApiDialog() {
  const { view } = useSession()
  const open = useStore(view, state => state.api)
  if (!open) return null
  return (
    <Suspense>
      <UseAsApi onClose={() => view.setState({ api: false })} />
    </Suspense>
  )
}

export function KeysOfSession() {
  const { view, slug } = useSession()
  const open = useStore(view, state => state.keys)
  if (!open) return null
  return (
    <Suspense>
      <KeysDialog slug={slug} onClose={() => view.setState({ keys: false })} />
    </Suspense>
  )
}

export function ExportOfSession() {
  const { view, store, sync, slug } = useSession()
  const open = useStore(view, state => state.exporting)
  if (!open) return null
  return (
    <Suspense>
      <ExportDialog
        slug={slug}
        name={String(store.document.name ?? slug)}
        prepare={() => sync.flush()}
        onClose={() => view.setState({ exporting: false })}
      />
    </Suspense>
  )
}

export function PickerOfSession() {
  const { view } = useSession()
  const request = useStore(view, state => state.picker)
  if (!request) return null
  return (
    <Suspense>
      <ModelPicker key={`${request.node} ${request.field}`} request={request} />
    </Suspense>
  )
}

/** Connects a provider that a node has failed without; then the node can run. */
export function ConnectOfSession() {
  const { view, runner } = useSession()
  const provider = useStore(view, state => state.provider)
  if (!provider) return null
  return (
    <Suspense>
      <Connect
        id={provider.id}
        onClose={() => view.setState({ provider: null })}
        onConnected={() => void runner.run({ only: [provider.node] })}
      />
    </Suspense>
  )
}
