"""Words, patterns and stock sentences of six languages, for `bench.adverts.authors`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """`patterns` have a * where an author puts a word of his own choice; `stock`: sentences that strangers
    share."""

    words: list[str]
    patterns: list[str]
    stock: list[str]
    names: list[str]
    towns: list[str]
    call: str


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


ENGLISH = Language(
    [
        "warm",
        "quiet",
        "private",
        "clean",
        "central",
        "modern",
        "gentle",
        "tall",
        "slim",
        "young",
        "mature",
        "friendly",
        "fresh",
        "cosy",
        "soft",
        "elegant",
        "discreet",
        "relaxed",
        "patient",
        "skilled",
        "honest",
        "bright",
        "spacious",
        "careful",
        "smiling",
        "charming",
        "natural",
        "lively",
        "genuine",
        "sweet",
        "sensual",
        "kitchen",
        "massage",
        "flat",
        "studio",
        "room",
        "garden",
        "balcony",
        "shower",
        "parking",
        "station",
        "market",
        "harbour",
        "job",
        "shift",
        "wage",
        "farm",
        "hotel",
        "cleaner",
        "driver",
        "waitress",
        "housing",
        "meals",
        "contract",
        "visa",
        "holiday",
    ],
    _lines("""
    I am a * and * lady who loves * company
    new in town only for a * week
    my * place is near the * with *
    we offer * work with * and * from the first day
    you will find a * * and a * welcome
    no * needed we teach you all about *
    * and * every day except sunday
    ask for the * * when you arrive
    from monday on we have * * for two people
    everything here is * * and never in a hurry
    the * is included and the * is paid by us
    come and see why my * friends return for *"""),
    _lines("""
    no private numbers and no text messages please
    i look forward to meeting you very soon
    outcalls to hotels and private homes are possible
    please be polite and clean and on time
    all pictures are real and recent
    available day and night seven days a week
    serious enquiries only time wasters will be blocked
    accommodation is provided and transport to work is free
    no experience required full training will be given
    weekly pay in cash and friendly team
    parking in front of the house
    ring me half an hour before you come"""),
    ["Anna", "Bella", "Lucy", "Nina", "Kate", "Jade", "Mia", "Ruby"],
    ["Leeds", "Derby", "Hull", "Exeter", "Luton", "Dover"],
    "call",
)
SPANISH = Language(
    [
        "tranquila",
        "discreta",
        "limpia",
        "céntrica",
        "moderna",
        "cariñosa",
        "alta",
        "delgada",
        "joven",
        "madura",
        "simpática",
        "elegante",
        "nueva",
        "amable",
        "paciente",
        "alegre",
        "natural",
        "dulce",
        "habitación",
        "piso",
        "masaje",
        "cocina",
        "balcón",
        "ducha",
        "garaje",
        "estación",
        "mercado",
        "puerto",
        "trabajo",
        "turno",
        "sueldo",
        "finca",
        "hotel",
        "limpieza",
        "chófer",
        "camarera",
        "vivienda",
        "comida",
        "contrato",
        "papeles",
        "fiesta",
        "calle",
        "jardín",
        "terraza",
        "ventana",
        "verano",
        "invierno",
        "noche",
        "tarde",
        "semana",
    ],
    _lines("""
    soy una chica * y * que busca * compañía
    recién llegada a la ciudad por una * corta
    mi * está cerca de la * con mucha *
    ofrecemos * con * y * desde el primer día
    encontrarás una * * y un trato muy *
    no hace falta * te enseñamos toda la *
    todos los días con * y * menos el domingo
    pregunta por la * * cuando llegues
    tenemos * y * para dos personas a partir del lunes
    aquí todo es * * y sin ninguna prisa
    la * va incluida y la * la pagamos nosotros"""),
    _lines("""
    no atiendo números ocultos ni mensajes
    te espero muy pronto no te arrepentirás
    también hago salidas a hoteles y domicilios
    fotos reales y recientes cien por cien
    disponible las veinticuatro horas todos los días
    solo gente seria abstenerse curiosos
    damos alojamiento y transporte gratis al trabajo
    no se necesita experiencia ni idioma
    pago semanal en efectivo y buen ambiente
    aparcamiento en la puerta de la casa"""),
    ["Lola", "Carmen", "Paula", "Marta", "Inés", "Sara"],
    ["Sevilla", "Murcia", "Vigo", "Gijón", "Cádiz"],
    "llámame al",
)
GERMAN = Language(
    [
        "ruhig",
        "diskret",
        "sauber",
        "zentral",
        "modern",
        "zärtlich",
        "groß",
        "schlank",
        "jung",
        "reif",
        "nett",
        "elegant",
        "neu",
        "freundlich",
        "geduldig",
        "fröhlich",
        "natürlich",
        "süß",
        "Zimmer",
        "Wohnung",
        "Massage",
        "Küche",
        "Balkon",
        "Dusche",
        "Garage",
        "Bahnhof",
        "Markt",
        "Hafen",
        "Arbeit",
        "Schicht",
        "Lohn",
        "Hof",
        "Hotel",
        "Reinigung",
        "Fahrer",
        "Kellnerin",
        "Unterkunft",
        "Essen",
        "Vertrag",
        "Papiere",
        "Urlaub",
        "Garten",
        "Terrasse",
        "Sommer",
        "Abend",
        "Woche",
        "Stunde",
        "Leute",
    ],
    _lines("""
    ich bin * und * und mag * Gesellschaft
    ganz neu in der Stadt nur eine * lang
    meine * liegt gleich beim * mit *
    wir bieten * mit * und * ab dem ersten Tag
    dich erwartet * * und ein * Empfang
    ohne * wir zeigen dir alles über *
    jeden Tag * und * nur sonntags nicht
    frag nach * * wenn du da bist
    ab Montag haben wir * * für zwei Leute
    hier ist alles * * und ohne Eile
    die * ist dabei und die * zahlen wir"""),
    _lines("""
    keine unterdrückten Nummern und keine SMS
    ich freue mich auf deinen Anruf
    Haus und Hotelbesuche sind möglich
    alle Bilder sind echt und aktuell
    Tag und Nacht an sieben Tagen der Woche
    nur ernst gemeinte Anfragen bitte
    Unterkunft und Fahrt zur Arbeit sind kostenlos
    Erfahrung und Sprache sind nicht nötig
    Bezahlung jede Woche bar auf die Hand
    Parkplätze direkt vor dem Haus"""),
    ["Lena", "Jana", "Mira", "Petra", "Elke", "Toni"],
    ["Bonn", "Kiel", "Trier", "Jena", "Ulm"],
    "ruf an",
)
RUSSIAN = Language(
    [
        "тихая",
        "скромная",
        "чистая",
        "новая",
        "нежная",
        "высокая",
        "стройная",
        "молодая",
        "зрелая",
        "милая",
        "добрая",
        "весёлая",
        "сладкая",
        "комната",
        "квартира",
        "массаж",
        "кухня",
        "балкон",
        "душ",
        "гараж",
        "вокзал",
        "рынок",
        "порт",
        "работа",
        "смена",
        "зарплата",
        "ферма",
        "отель",
        "уборка",
        "водитель",
        "жильё",
        "питание",
        "договор",
        "документы",
        "отпуск",
        "сад",
        "лето",
        "вечер",
        "неделя",
        "час",
        "люди",
        "дом",
        "улица",
        "подруга",
        "гость",
        "компания",
        "радость",
        "отдых",
    ],
    _lines("""
    я * и * девушка и люблю * общение
    недавно в городе всего на одну * неделю
    моя * рядом где * и *
    предлагаем * и * и ещё * с первого дня
    вас ждёт * * и тёплая *
    не нужна * мы всему научим про *
    каждый день * и * кроме воскресенья
    спросите * * когда приедете
    с понедельника есть * * для двух человек
    здесь всё * * и без спешки
    * входит в цену а * платим мы"""),
    _lines("""
    на скрытые номера не отвечаю
    жду твоего звонка очень скоро
    возможен выезд в гостиницы и домой
    все фотографии настоящие и свежие
    работаю круглосуточно без выходных
    только серьёзные предложения прошу не шутить
    жильё и проезд до работы бесплатно
    опыт и знание языка не требуются
    оплата каждую неделю наличными
    стоянка прямо у дома"""),
    ["Оля", "Катя", "Нина", "Лена", "Ира"],
    ["Рига", "Нарва", "Тула", "Омск", "Пермь"],
    "звоните",
)
PORTUGUESE = Language(
    [
        "tranquila",
        "discreta",
        "limpa",
        "central",
        "moderna",
        "carinhosa",
        "alta",
        "magra",
        "jovem",
        "madura",
        "simpática",
        "elegante",
        "nova",
        "amável",
        "paciente",
        "alegre",
        "natural",
        "doce",
        "quarto",
        "apartamento",
        "massagem",
        "cozinha",
        "varanda",
        "chuveiro",
        "garagem",
        "estação",
        "mercado",
        "porto",
        "trabalho",
        "turno",
        "salário",
        "quinta",
        "hotel",
        "limpeza",
        "motorista",
        "empregada",
        "casa",
        "comida",
        "contrato",
        "papéis",
        "festa",
        "rua",
        "jardim",
        "verão",
        "noite",
        "semana",
        "hora",
        "gente",
    ],
    _lines("""
    sou uma * e * menina que gosta de * companhia
    acabei de chegar fico só uma * curta
    o meu * fica perto da * com *
    temos * com * e * desde o primeiro dia
    vais encontrar * * e um carinho *
    não é preciso * ensinamos tudo sobre *
    todos os dias * e * menos ao domingo
    pergunta pela * * quando chegares
    a partir de segunda há * * para duas pessoas
    aqui tudo é * * e sem pressa nenhuma
    a * está incluída e a * pagamos nós"""),
    _lines("""
    não atendo números privados nem mensagens
    espero por ti muito em breve amor
    também faço deslocações a hotéis e domicílios
    fotos reais e recentes pode confirmar
    disponível vinte e quatro horas por dia
    só pessoas sérias por favor
    damos alojamento e transporte para o trabalho
    não é preciso experiência nem falar a língua
    pagamento semanal em dinheiro vivo
    estacionamento mesmo à porta"""),
    ["Rita", "Joana", "Bia", "Tânia", "Sofia"],
    ["Braga", "Faro", "Évora", "Viseu", "Aveiro"],
    "liga para",
)
ROMANIAN = Language(
    [
        "liniștită",
        "discretă",
        "curată",
        "centrală",
        "modernă",
        "blândă",
        "înaltă",
        "slabă",
        "tânără",
        "matură",
        "simpatică",
        "elegantă",
        "nouă",
        "răbdătoare",
        "veselă",
        "naturală",
        "dulce",
        "cameră",
        "apartament",
        "masaj",
        "bucătărie",
        "balcon",
        "duș",
        "garaj",
        "gară",
        "piață",
        "port",
        "muncă",
        "tură",
        "salariu",
        "fermă",
        "hotel",
        "curățenie",
        "șofer",
        "ospătar",
        "cazare",
        "mâncare",
        "contract",
        "acte",
        "vacanță",
        "grădină",
        "vară",
        "seară",
        "săptămână",
        "oră",
        "oameni",
        "casă",
        "stradă",
    ],
    _lines("""
    sunt o fată * și * și îmi place * companie
    nouă în oraș doar pentru o * scurtă
    am * aproape de * cu *
    oferim * cu * și * din prima zi
    vei găsi * * și o primire *
    nu ai nevoie de * te învățăm despre *
    în fiecare zi * și * fără duminică
    întreabă de * * când ajungi
    de luni avem * * pentru două persoane
    la noi totul este * * și fără grabă
    avem * inclusă iar * o plătim noi"""),
    _lines("""
    nu răspund la numere ascunse sau mesaje
    te aștept cu drag cât mai curând
    fac și deplasări la hotel sau domiciliu
    pozele sunt reale și recente
    disponibilă non stop toată săptămâna
    doar persoane serioase vă rog
    cazare și transport gratuit la muncă
    nu se cere experiență sau limbă străină
    plata săptămânal în mână
    parcare chiar în fața casei"""),
    ["Ioana", "Dana", "Alina", "Elena", "Bianca"],
    ["Iași", "Cluj", "Brașov", "Galați", "Arad"],
    "sună la",
)
LANGUAGES = [ENGLISH, SPANISH, GERMAN, RUSSIAN, PORTUGUESE, ROMANIAN]
