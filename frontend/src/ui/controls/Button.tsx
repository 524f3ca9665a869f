/** Buttons: plain, primary, ghost (icon) and danger; always real buttons with a name. */
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import css from './Button.module.css'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: 'plain' | 'primary' | 'ghost' | 'danger'
  /** For buttons that show only an icon: their name, also shown as a tooltip. */
  label?: string | undefined
  icon?: ReactNode
}

export function Button({ tone = 'plain', label, icon, children, className, ...rest }: Props) {
  const classes = [css.button, css[tone], !children && css.square, className]
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      aria-label={children ? undefined : label}
      title={label}
      {...rest}
    >
      {icon}
      {children}
    </button>
  )
}
