/** Where the viewer appears: once on every page. */
import { useStore } from 'zustand'
import { lazily } from '../shell/lazily'
import { viewer } from './open'

const Viewer = lazily(async () => (await import('./Viewer')).Viewer)

export function ViewerHost() {
  const request = useStore(viewer, state => state.request)
  return request && <Viewer request={request} onClose={() => viewer.setState({ request: null })} />
}
