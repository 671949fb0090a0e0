rootProject.name = "java-api"
