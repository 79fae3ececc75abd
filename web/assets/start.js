// Says to the style sheet, before anything is drawn, that scripts run. In a file of its own: the page policy allows no inline script.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
