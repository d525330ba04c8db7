"""The page: where models and ratings meet people. Gradio lives here and in app.py alone.

serve, page, api/, routes    the page as a whole, and how it is served
restoring/                   the tabs that restore photos
generating/                  the Generate tab
arena/                       the Arena tab: blind pairs
administration/              the administrator's page; what raters may ask about themselves
studies/                     a participant's own page; what the administrator makes studies with
boards/                      the Leaderboard tab
marking/                     the Mark tab: regions painted on results and photos, maps of them
choosing/                    which models can run, what can be set; the Models tab
opinion/                     the five grades under a result, and the leaderboard made of them
house                        what every tab works with
dealing/                     behind the Arena, without Gradio: results made beforehand, pairs dealt
keeping/                     desk, studio, shelf: what lies behind the page, without Gradio
gallery, settings            the example photos; where the page is served
hosting/                     GPUs that are lent, networks prepared in advance
wiring/                      how handlers and routes are declared, run, stopped and answered
looks/, words/, errors       theme and styles; every text; what can go wrong

What stands further down never imports what stands further up.
"""
