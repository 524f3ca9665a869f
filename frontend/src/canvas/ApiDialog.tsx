/** Opens the dialog about the API; its code is loaded when it is first asked for. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { useSession } from './session'

const UseAsApi = lazy(() => import('../useasapi/UseAsApi'))

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
