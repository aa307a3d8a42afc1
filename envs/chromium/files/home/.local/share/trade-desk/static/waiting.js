// The page that is there before a company is opened goes on once one is.
"use strict";

const opened = new EventSource("/opened");
opened.onmessage = () => {
  opened.close();
  location.replace("/");
};
