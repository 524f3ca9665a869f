/** Switches between the light and the dark theme, and remembers which. */
import { Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { texts } from '../texts'
import css from './ThemeToggle.module.css'

type Theme = 'light' | 'dark'

export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(() =>
    document.documentElement.dataset.theme === 'light' ? 'light' : 'dark',
  )
  const other: Theme = theme === 'light' ? 'dark' : 'light'
  const change = () => {
    document.documentElement.dataset.theme = other
    localStorage.setItem('theme', other)
    setTheme(other)
  }
  return (
    <button
      className={css.toggle}
      type="button"
      onClick={change}
      title={texts.switchToTheme[other]}
    >
      {theme === 'light' ? <Moon aria-hidden size={17} /> : <Sun aria-hidden size={17} />}
      <span>{other === 'light' ? texts.lightTheme : texts.darkTheme}</span>
    </button>
  )
}
