import type { Locale } from '../../../page.ts';
import { html, type Html } from './html.ts';
import { font, paper, sheet } from './look.ts';

type Shell = {
  locale: Locale;
  subject: string;
  /** what a list of messages shows beside the subject */
  preview: string;
  /** of the one table */
  rows: Html[];
};

/** The one column that every mail program can hold, on a phone and in the dark too. */
export function shell({ locale, subject, preview, rows }: Shell): Html {
  return html`<!doctype html>
    <html lang="${locale}" xmlns:o="urn:schemas-microsoft-com:office:office">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
        <meta name="x-apple-disable-message-reformatting" />
        <title>${subject}</title>
        <style>
          ${sheet}
        </style>
        <!--[if mso
          ]><xml
            ><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml
          ><style>
            table,
            td,
            div,
            span,
            a {
              font-family: 'Segoe UI', Arial, sans-serif !important;
            }
          </style><!
        [endif]-->
      </head>
      <body ${paper('page', 'margin:0;padding:0')}>
        <div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preview}</div>
        <table
          role="presentation"
          width="100%"
          cellspacing="0"
          cellpadding="0"
          border="0"
          ${paper('page', font)}
        >
          <tr>
            <td align="center" class="wide" style="padding:24px 0">
              <!--[if mso]><table role="presentation" width="600" cellspacing="0" cellpadding="0" border="0"><tr><td><![endif]-->
              <table
                role="presentation"
                width="100%"
                cellspacing="0"
                cellpadding="0"
                border="0"
                ${paper('card', 'max-width:600px;border-radius:10px;text-align:left', 'round')}
              >
                ${rows}
              </table>
              <!--[if mso]></td></tr></table><![endif]-->
            </td>
          </tr>
        </table>
      </body>
    </html>`;
}
