/** Switch between the dark and the light theme, and remember it. */
import { SunMoon } from 'lucide-react'
import { texts } from '../../texts'
import type { Action } from '../action'

export const theme: Action = {
  id: 'theme',
  label: texts.lightOrDark,
  icon: SunMoon,
  run() {
    const { dataset } = document.documentElement
    dataset.theme = dataset.theme === 'light' ? 'dark' : 'light'
    try {
      localStorage.setItem('theme', dataset.theme)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  },
}
