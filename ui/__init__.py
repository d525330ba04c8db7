"""The page: where models and ratings meet people. Gradio lives here and in app.py alone.

serve, page, api, routes     the page as a whole, and how it is served
restoring/                   the tabs that restore photos
generating/                  the Generate tab
administration/              the administrator's page; what raters may ask about themselves
choosing/                    which models can run, what can be set; the Models tab
marking/                     the Mark tab: regions painted on results and photos, maps of them
opinion/                     the five grades under a result; the Leaderboard tab
house, gallery, settings     what every tab works with
keeping/                     desk, studio, shelf: what lies behind the page, without Gradio
hosting/                     GPUs that are lent, networks prepared in advance
wiring/                      how handlers and routes are declared, run, stopped and answered
looks/, words/, errors       theme and styles; every text; what can go wrong

What stands further down never imports what stands further up.
"""
