import { createApp } from "vue";
import "../../shared/styles/tokens.css";
import "../../shared/styles/base.css";
import "../../shared/styles/cards.css";
import "./styles/frame.css";
import "./styles/queue.css";
import "./styles/transcript.css";
import "./styles/record.css";
import "./styles/cases.css";
import App from "./App.vue";
import { beginTheme } from "./theme";

beginTheme();
createApp(App).mount("#app");
