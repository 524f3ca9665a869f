/** The settings page: what the shell mounts at `/settings`. */
import type { PageProps } from '../main'

export default function SettingsPage({ user }: PageProps) {
  return <main>{user}</main>
}
